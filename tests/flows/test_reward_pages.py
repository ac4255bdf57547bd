"""What customers read of rewards, campaigns and the programme's terms, and what they do there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from config.lib.briefly import forget_what_is_shown
from rewards.engine.triggers import TRIGGERS
from rewards.models import Participation
from rewards.selectors.promises import OCCASIONS
from tests.factories.fulfillment import NotificationFactory
from tests.factories.referrals import CustomerFactory, UserFactory
from tests.factories.rewards import (
    BadgeAwardFactory,
    BadgeFactory,
    CampaignFactory,
    EvaluationFactory,
    RewardOptionFactory,
    SegmentFactory,
)
from tests.rewards.shop import Shop, policy

pytestmark = pytest.mark.django_db

HOST = "orchard.localhost"
HOME_QUERIES_MAX = 12
PAGE_QUERIES_MAX = 16
GOAL = {"type": "achievement", "goal": {"measure": "purchases", "target": 5}, "join": "participate"}


@pytest.fixture
def shop():
    return Shop(
        policy(points=1250),
        policy("referrer", on="referral.qualified", points=500, limits={"per_customer": {"times": 3, "per": "month"}}),
        domain=HOST,
        minimum_qualifying_purchase=20_00,
        terms={"expiry_months": 24},
    )


@pytest.fixture
def options(shop):
    def make(code, points, **said):
        return RewardOptionFactory(
            reward_type=shop.meal.reward_type, code=code, name=f"A {code}", points_required=points, **said
        )

    return make


@pytest.fixture
def ada(shop):
    """The browser of a customer who has bought once, for 1250 points."""
    shop.bought("ada", dollars=40)
    return browser_of(shop.customer("ada"))


def browser_of(customer):
    customer.user = UserFactory()
    customer.save()
    client = Client(headers={"Host": HOST})
    client.force_login(customer.user)
    return client


def words(response, status=200):
    assert response.status_code == status
    return " ".join(response.text.split())


def test_the_catalog_tells_what_points_buy_and_why_not(ada, options):
    options("mug", 1000)
    options("kettle", 2000)
    options("car", 9000)
    options("ring", 900, min_tier="silver")
    options("cake", 100, stock_quantity=0)
    options("tea", 50, per_customer_max=1, per_customer_period="week", is_active=False)

    page = words(ada.get("/rewards/"))

    assert "You have 1,250 points to spend." in page
    assert page.count('<li class="card">') == 5
    assert 'href="/rewards/mug/redeem/"' in page
    assert 'href="/rewards/ring/redeem/"' not in page
    assert "750 more points are needed." in page
    assert "It is for " in page
    assert "It is sold out just now." in page
    assert "A tea" not in page


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("within=affordable", {"A mug"}),
        ("within=within_reach", {"A mug", "A kettle"}),
        ("category=free_product", {"A mug", "A kettle", "A car"}),
        ("category=experience", set()),
    ],
)
def test_the_catalog_shows_what_is_chosen(ada, options, query, shown):
    options("mug", 1000)
    options("kettle", 2000)
    options("car", 9000)

    page = words(ada.get(f"/rewards/?{query}"))

    assert {name for name in ("A mug", "A kettle", "A car") if f"<h3>{name}</h3>" in page} == shown


def test_a_choice_that_there_is_not_leads_nowhere(ada):
    assert ada.get("/rewards/?within=everything").status_code == 404


def test_a_customer_takes_part_in_a_campaign_and_sees_how_far_they_come(shop, ada):
    CampaignFactory(merchant=shop.merchant, code="five", name="Five times", definition=GOAL)
    assert "0 of 5" not in (before := words(ada.get("/campaigns/")))
    assert "1 of 5 purchases" in before
    assert ">Take part<" in before

    after = words(ada.post("/campaigns/five/participate/", follow=True))

    assert Participation.objects.get().joined_at is not None
    assert "You take part: Five times." in after
    assert ">Take part<" not in after


def test_campaigns_for_others_and_of_others_are_not_shown_and_cannot_be_joined(shop, ada):
    SegmentFactory(merchant=shop.merchant, code="vip")
    CampaignFactory(merchant=shop.merchant, code="vips", name="For a few", definition={**GOAL, "segments": ["vip"]})
    CampaignFactory(code="foreign", name="Of another shop", definition=GOAL)

    for path in ("/campaigns/", "/"):
        page = words(ada.get(path))
        assert "For a few" not in page
        assert "Of another shop" not in page
    assert "This campaign is for other customers." in words(ada.post("/campaigns/vips/participate/", follow=True))
    assert ada.post("/campaigns/foreign/participate/").status_code == 404
    assert not Participation.objects.exists()


def test_badges_are_shown_that_one_has_and_that_one_can_still_earn(shop, ada):
    had, *_ = (BadgeFactory(merchant=shop.merchant, code=code, name=code) for code in ("regular", "climber"))
    BadgeFactory(name="foreign")
    BadgeFactory(merchant=shop.merchant, name="of the past", is_active=False)
    for customer in (shop.customer("ada"), CustomerFactory(merchant=shop.merchant)):
        order = {"purchase__customer": customer, "purchase__order_id": f"badge-{customer.pk}"}
        BadgeAwardFactory(badge=had, evaluation=EvaluationFactory(**order))

    page = words(ada.get("/campaigns/"))

    assert page.count("Yours since") == 1
    assert page.count("Still to earn") == 1
    assert "foreign" not in page
    assert "of the past" not in page


def test_how_it_works_is_told_by_the_terms_and_not_by_prose(shop, client):
    page = words(client.get("/help/", headers={"Host": HOST}))

    assert "For each purchase of yours: 1,250 points" in page
    assert "When a friend’s first purchase counts: 500 points" in page
    assert "at most 3 times in a month" in page
    assert "A friend counts with their first purchase, of $20.00 or more." in page
    assert "Points lapse 24 months after they were earned" in page
    assert "$100.00 spent" in page

    shop.wallet.expiry_months = None
    shop.wallet.save()
    shop.publish(policy(points=7), policy=shop.policies[0], number=2)
    forget_what_is_shown()
    page = words(client.get("/help/", headers={"Host": HOST}))

    assert "For each purchase of yours: 7 points" in page
    assert "Points do not lapse" in page


def test_every_kind_of_policy_can_be_told():
    kinds = {f"{name}:{who}" for name, trigger in TRIGGERS.items() for who in trigger.beneficiaries}

    assert set(OCCASIONS) == kinds


def test_home_leads_to_sharing_to_rewards_within_reach_and_to_what_runs(shop, ada, options):
    for code, points in (("mug", 1000), ("kettle", 2000), ("cup", 10), ("pan", 1100), ("car", 9000)):
        options(code, points)
    ends = timezone.now() + timedelta(days=3)
    definition = {"type": "points_multiplier", "multiplier": 2, "to": f"{ends:%Y-%m-%d}"}
    CampaignFactory(merchant=shop.merchant, code="double", name="Double points", definition=definition)
    code = shop.code("ada")

    page = words(ada.get("/"))

    assert f'<p class="code">{code}</p>' in page
    assert f'value="http://{HOST}/r/{code}/?via=copy"' in page
    assert [name for name in ("kettle", "pan", "mug", "cup", "car") if f"/rewards/{name}/redeem/" in page] == [
        "kettle",
        "pan",
        "mug",
    ]
    assert "Double points" in page


def test_of_many_rewards_three_are_suited_to_a_customer_with_a_reason_unless_they_choose(ada, options):
    for number in range(4):
        options(f"mug-{number}", 1000 + 100 * number)

    page = words(ada.get("/rewards/"))
    suited, _, everything = page.partition("All rewards")
    assert [name in suited for name in ("A mug-0", "A mug-1", "A mug-2", "A mug-3")] == [True] * 3 + [False]
    assert suited.count("You have the points for this.") == 3
    assert "A mug-3" in everything
    assert "Suited to you" not in words(ada.get("/rewards/?within=affordable"))


def test_what_is_unread_is_counted_in_the_navigation(shop, ada):
    NotificationFactory(customer=shop.customer("ada"))

    assert '<span class="count">1<span' in words(ada.get("/more/"))


@pytest.mark.parametrize(
    ("path", "most"), [("/", HOME_QUERIES_MAX), ("/rewards/", PAGE_QUERIES_MAX), ("/campaigns/", PAGE_QUERIES_MAX)]
)
def test_pages_ask_little_of_the_database_however_much_there_is(
    shop, ada, options, django_assert_max_num_queries, path, most
):
    for number in range(12):
        options(f"mug-{number}", 100 + number, per_customer_max=1, min_tier="bronze")
        CampaignFactory(merchant=shop.merchant, definition=GOAL if number else {**GOAL, "segments": ["vip"]})
        BadgeFactory(merchant=shop.merchant)
        shop.bought("ben", referral_code=shop.code("ada"))
    ada.get(path)

    with django_assert_max_num_queries(most):
        ada.get(path)
