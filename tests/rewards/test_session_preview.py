"""What a session says that a cart will earn is what its purchase is given."""

import random
from datetime import timedelta

import pytest

from credits.models import Entry
from rewards.models import Evaluation, Grant, RewardType
from tests.rewards.checkout import Checkout, item
from tests.rewards.shop import Shop, assert_books_are_right, evaluation_of, policy

TRIALS = 60
CATEGORIES = ("meals", "wine", "fashion", "")
TIERS = (
    {"code": "bronze", "benefits": {"birthday_discount": 10}},
    {"code": "silver", "min_spend": 300_00, "points_multiplier": "1.25", "benefits": {"tier_discount": 5}},
    {
        "code": "gold",
        "min_spend": 1000_00,
        "min_orders": 5,
        "points_multiplier": "1.5",
        "benefits": {"tier_discount": 7.5},
    },
)
POLICIES = [
    policy(
        give={
            "points": {
                "per_currency_unit": 1, "categories": {"wine": 2.0, "fashion": 1.5}, "tier_multiplier": True,
                "max_multiplier": 10,
            }
        }
    ),
    policy(points=200, when="customer.purchases == 0"),
    policy(points=7, limits={"per_customer": {"times": 2, "per": "day"}}),
    policy(points=31, exclusive_group="size", when="purchase.total > 50.00"),
    policy(points=13, exclusive_group="size", priority=-1),
    policy(
        give={"grant": {"option": "free-meal"}},
        milestones={"scope": "per_friend", "measure": "purchases", "every": 3},
    ),
    policy(give={"points": {"per_unit": 3, "category": "meals"}}, beneficiary="referrer"),
    policy(on="referral.joined", beneficiary="referee", points=100),
    policy(on="referral.qualified", beneficiary="referrer", points=500),
    policy(on="referral.qualified", beneficiary="referee", points=50),
]  # fmt: skip


def open_random_shop():
    shop = Shop(*POLICIES, tiers=TIERS)
    RewardType.objects.filter(pk=shop.meal.reward_type_id).update(discount_type="free", product_category="meals")
    return shop


def random_cart(chance):
    return [
        item(
            chance.choice([0, 99, 1_00, 7_77, 19_99, 250_00]), chance.randint(1, 5), chance.choice(CATEGORIES), f"S{n}"
        )
        for n in range(chance.randint(1, 4))
    ]


def given(purchase, customer):
    """What a purchase and what followed from it gave its buyer: points by entries, and grants."""
    root = evaluation_of(purchase)
    evaluations = [root, *Evaluation.objects.filter(cause=root)]
    entries = Entry.objects.filter(evaluation_id__in=[each.pk for each in evaluations], account__customer=customer)
    points = sorted(entries.filter(points__gt=0).values_list("points", flat=True))
    grants = Grant.objects.filter(evaluation__in=evaluations, customer=customer)
    return points, sorted(grants.values_list("option__code", "quantity"))


def previewed(session):
    awards = session.quote["earns"]["awards"]
    points = sorted(award["points"] for award in awards if "points" in award)
    return points, sorted((award["option"], award["quantity"]) for award in awards if "option" in award)


def many_carts(shop, count):
    """Carts of a few people who refer each other, with points, grants and refunds between."""
    chance, checkout = random.Random(count), Checkout(shop)
    people = [f"customer-{n}" for n in range(max(6, count // 20))]
    some_earned = 0
    for number in range(count):
        name = chance.choice(people)
        code = {"referral_code": shop.code(chance.choice(people))} if chance.random() < 0.4 else {}
        points = chance.choice([0, "max", 500, 900])
        session = checkout.hold(name, *random_cart(chance), points=points, shipping=chance.choice([0, 4_95]), **code)
        if chance.random() < 0.1:
            checkout.cancel(session)
            continue
        bought = checkout.buy(session, f"cart-{number}")
        assert given(bought.purchase, bought.customer) == previewed(session), number
        assert session.quote["earns"]["points"] == sum(previewed(session)[0])
        some_earned += bool(session.quote["earns"]["points"])
        if chance.random() < 0.15:
            shop.refunded(bought.purchase)
        shop.now += timedelta(hours=chance.choice([0, 3, 20]))
    assert some_earned > count / 2
    assert_books_are_right(now=shop.now)


@pytest.mark.django_db
def test_sixty_random_carts_earn_what_was_said():
    many_carts(open_random_shop(), TRIALS)
