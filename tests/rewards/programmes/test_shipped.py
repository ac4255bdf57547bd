"""The programmes that ship say what their documents ask for."""

from decimal import Decimal

import jsonschema
import pytest
import yaml

from rewards.engine.definition import parse
from rewards.engine.policy import compile_policy
from rewards.services.programmes.applying import apply_programme, plan_programme
from rewards.services.programmes.schema import SCHEMA
from rewards.services.programmes.shipped import FOLDER, shipped_programme, shipped_slugs
from tests.rewards.engine.examples import ALICE, decide, facts, line, purchase
from tests.rewards.programmes.examples import NOW

SHIPPED = ["acme-shop", "farmacy-food", "rs-systems"]


def by_code(slug, section):
    return {item["code"]: item for item in shipped_programme(slug)[section]}


def definitions(slug):
    return {code: item["definition"] for code, item in by_code(slug, "policies").items()}


def test_three_programmes_ship():
    assert shipped_slugs() == SHIPPED


@pytest.mark.parametrize("slug", SHIPPED)
def test_a_shipped_programme_follows_the_published_schema(slug):
    jsonschema.Draft202012Validator(SCHEMA).validate(yaml.safe_load((FOLDER / f"{slug}.yaml").read_text()))


@pytest.mark.django_db
@pytest.mark.parametrize("slug", SHIPPED)
def test_a_shipped_programme_changes_nothing_the_second_time(slug):
    assert apply_programme(programme=shipped_programme(slug), now=NOW).changes
    assert plan_programme(programme=shipped_programme(slug)).changes == ()
    assert apply_programme(programme=shipped_programme(slug), now=NOW).changes == ()


@pytest.mark.parametrize("slug", SHIPPED)
def test_points_expire_after_24_months_and_pages_have_a_host_of_their_own(slug):
    programme = shipped_programme(slug)
    assert programme["wallet"]["expiry_months"] == 24
    assert programme["merchant"]["currency"] == "USD"
    assert programme["merchant"]["domain"] == f"{slug}.localhost"


def test_farmacy_food_has_the_two_policies_of_the_example():
    assert [item["name"] for item in shipped_programme("farmacy-food")["policies"][:2]] == [
        "Update customer credits with each referred meal.",
        "Grant customer free meal each time a referred customer purchases 1st, 100th and 1000th meal.",
    ]
    points, meal, *_ = definitions("farmacy-food").values()
    assert points["beneficiary"] == meal["beneficiary"] == "referrer"
    assert points["give"] == {"points": {"per_unit": 10, "category": "meals"}}
    assert meal["give"] == {"grant": {"option": "free-meal"}}
    assert meal["milestones"] == {"scope": "per_friend", "measure": "units:meals", "at": [1, 100, 1000]}
    assert meal["on_refund"] == "keep"


def test_three_referred_meals_give_30_credits_and_the_first_a_free_meal():
    cart = purchase(line(1200, quantity=3), line(300, category="drinks"))
    policies = [
        compile_policy(policy_id=number, version_id=number, code=code, definition=parse(definition))
        for number, (code, definition) in enumerate(definitions("farmacy-food").items(), start=1)
    ]
    awards = decide(facts(cart, reached={("per_friend", "units:meals"): (0, 3)}), *policies).awards
    assert [(award.points or award.option) for award in awards if award.customer_id == ALICE.id] == [30, "free-meal"]


def test_the_credit_ranking_of_farmacy_food_asks_for_points_alone():
    required = [tier["requirements"] for tier in shipped_programme("farmacy-food")["tiers"]]
    assert [each["points"] for each in required] == [0, 100, 1000]
    assert not any(each["spend"] or each["orders"] for each in required)


def test_rs_systems_gives_500_and_100_for_joining():
    given = {d["beneficiary"]: (d["trigger"], d["give"]) for d in definitions("rs-systems").values()}
    assert given == {
        "referrer": ("referral.joined", {"points": {"fixed": 500, "pending_until": "email_verified"}}),
        "referee": ("referral.joined", {"points": {"fixed": 100, "pending_until": "email_verified"}}),
    }


def test_rs_systems_offers_every_category_that_its_document_names():
    types, options = by_code("rs-systems", "reward_types"), by_code("rs-systems", "reward_options")
    offered = {types[option["reward_type"]]["category"] for option in options.values()}
    assert offered == {"repair_discount", "replacement_discount", "free_service", "merchandise", "gift_card"}
    assert {each["discount_type"] for each in types.values()} == {"percentage", "fixed", "free", "none"}


def test_the_tiers_of_acme_shop_are_those_of_its_document():
    tiers = by_code("acme-shop", "tiers")
    assert {
        code: (tier["requirements"]["spend"], tier["requirements"]["orders"], tier["points_multiplier"])
        for code, tier in tiers.items()
    } == {
        "bronze": (0, 0, 1),
        "silver": (500, 5, Decimal("1.25")),
        "gold": (1500, 15, Decimal("1.5")),
        "platinum": (5000, 50, 2),
    }
    shipping = [tier["benefits"]["free_shipping_threshold"] for tier in tiers.values()]
    birthday = [tier["benefits"]["birthday_discount"] for tier in tiers.values()]
    assert (shipping, birthday) == ([75, 50, 25, 0], [10, 15, 20, 25])
    flags = [{name for name, value in tier["benefits"].items() if value is True} for tier in tiers.values()]
    silver = {"early_access", "priority_support"}
    gold = silver | {"exclusive_products"}
    assert flags == [set(), silver, gold, gold | {"personal_shopper", "concierge_service"}]


def test_a_hundred_points_of_acme_shop_are_a_dollar_and_its_tiers_count_for_a_year():
    wallet = shipped_programme("acme-shop")["wallet"]
    assert (100 * wallet["point_value"], wallet["tier_window"]) == (1, "rolling_year")


def test_acme_shop_pays_for_purchases_and_referrals_as_its_document_says():
    rules = definitions("acme-shop")
    points = rules["points-for-purchases"]["give"]["points"]
    assert points == {
        "per_currency_unit": 1,
        "categories": {"electronics": 2.0, "fashion": 1.5, "home": 1.25},
        "tier_multiplier": True,
        "campaign_multiplier": True,
        "max_multiplier": 10,
    }
    assert rules["first-purchase"]["when"] == "customer.purchases == 0"
    assert rules["first-purchase"]["give"] == {"points": {"fixed": 200}}
    assert rules["refer-a-friend"]["give"] == {"points": {"fixed": 500}}
    assert rules["friend-bonus"]["give"] == {"points": {"fixed": 200}}
    assert rules["refer-a-friend"]["trigger"] == rules["friend-bonus"]["trigger"] == "referral.qualified"


def test_acme_shop_pays_for_activities_as_its_document_says():
    rules = [rule for rule in definitions("acme-shop").values() if rule["trigger"] == "activity.recorded"]
    assert {rule["activity"]: rule["give"]["points"]["fixed"] for rule in rules} == {
        "account_creation": 100,
        "product_review": 25,
        "social_share": 10,
        "birthday": 100,
    }
    assert all(rule["limits"]["per_customer"]["times"] <= 3 for rule in rules)


def test_the_catalogue_of_acme_shop_is_that_of_its_document():
    costs = {code: item["points_required"] for code, item in by_code("acme-shop", "reward_options").items()}
    assert costs == {"REWARD-001": 500, "REWARD-002": 200, "REWARD-101": 1000, "REWARD-201": 5000}
    assert by_code("acme-shop", "reward_types")["five-dollars-off"]["discount_value"] == Decimal("5.00")
