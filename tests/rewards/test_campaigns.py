"""Each kind of campaign, from purchases to points and tiers, and back again by refunds."""

from datetime import timedelta

import pytest

from credits.selectors.terms import default_wallet_terms
from rewards.models import BadgeAward, Campaign, Evaluation, Participation, SegmentMember
from rewards.services.participation import NotEligible, join_campaign
from tests.factories.referrals import NOON
from tests.factories.rewards import BadgeFactory, CampaignFactory, SegmentFactory
from tests.rewards.shop import BRONZE, SILVER, awarded, evaluation_of, policy, refusals

GOLD = {"code": "gold", "min_spend": 10_000_00}
DOUBLED = policy(give={"points": {"per_currency_unit": 1, "tier_multiplier": True, "campaign_multiplier": True}})
COMPLETED = {"on": "campaign.completed", "beneficiary": "customer"}


def run(shop, code, **said):
    """A campaign of the shop."""
    columns = {name: said.pop(name) for name in ("budget", "is_active") if name in said}
    return CampaignFactory(merchant=shop.merchant, code=code, definition=said, **columns)


def given(campaign):
    campaign.refresh_from_db()
    return campaign.given


def parts_of(purchase):
    (award,) = evaluation_of(purchase).decision["awards"]
    return [(code, points) for _, code, points, _ in award["campaigns"]]


def join(shop, campaign, name):
    customer = shop.customer(name)
    return join_campaign(
        campaign=campaign, customer=customer, terms=default_wallet_terms(merchant=shop.merchant), now=shop.now
    )


def test_a_points_multiplier_doubles_what_is_bought_while_it_runs_and_refunds_take_exactly_that_back(open_shop):
    shop = open_shop(DOUBLED)
    weekend = run(shop, "weekend", type="points_multiplier", multiplier=2, **{"from": "2026-11-20", "to": "2026-11-22"})
    before = shop.bought("alice", 10.50, at=NOON - timedelta(days=1))
    during = shop.bought("alice", 10.50)
    after = shop.bought("alice", 10.50, at=NOON + timedelta(days=1, hours=12))
    assert [awarded(each)[0][2] for each in (before, during, after)] == [10, 21, 10]
    assert (parts_of(during), given(weekend)) == ([("weekend", 11)], 11)
    shop.refunded(during, amount=3_33)
    assert (shop.points("alice"), given(weekend)) == (35, 11 - 11 * 6 // 21)
    shop.refunded(during)
    assert (shop.points("alice"), given(weekend)) == (20, 0)


def test_multipliers_of_tier_category_and_campaigns_multiply_up_to_the_cap(open_shop):
    give = {"per_currency_unit": 1, "categories": {"meals": 2}, "tier_multiplier": True, "campaign_multiplier": True}
    shop = open_shop(policy(give={"points": give}), tiers=({**BRONZE, "points_multiplier": "1.5"}, SILVER))
    run(shop, "double", type="points_multiplier", multiplier=2)
    run(shop, "fashion", type="category_bonus", multiplier=3, categories=["fashion"])
    run(shop, "launch", type="launch_multiplier", multiplier=5, skus=["SALAD"])
    assert awarded(purchase := shop.bought("alice", 10))[0][2] == 100
    assert parts_of(purchase) == [("double", 30), ("launch", 40)]


def test_a_category_bonus_is_for_lines_of_its_categories_of_those_in_a_segment_who_joined(open_shop):
    shop = open_shop(DOUBLED)
    vip = SegmentFactory(merchant=shop.merchant, code="vip")
    week = run(
        shop,
        "fashion",
        type="category_bonus",
        multiplier=3,
        categories=["fashion"],
        segments=["vip"],
        join="participate",
    )
    SegmentMember.objects.create(merchant=shop.merchant, segment=vip, customer=shop.customer("alice"), since=NOON)
    cart = [
        {"sku": "HAT", "category": "fashion", "quantity": 1, "unit_price": 20_00},
        {"sku": "TEA", "category": "drinks", "quantity": 2, "unit_price": 5_00},
    ]
    assert awarded(shop.bought("alice", 30, items=cart))[0][2] == 30
    join(shop, week, "alice")
    with pytest.raises(NotEligible):
        join(shop, week, "bob")
    assert join(shop, week, "alice")[1] is False
    purchase = shop.bought("alice", 30, items=cart)
    assert awarded(purchase)[0][2] == 70
    assert evaluation_of(purchase).decision["awards"][0]["shares"] == [60, 10]
    assert awarded(shop.bought("bob", 30, items=cart))[0][2] == 30
    shop.refunded(purchase, lines=[{"index": 0}])
    assert shop.points("alice") == 30 + 10
    assert Participation.objects.get(customer=shop.customer("alice")).points == given(week) == 40 - 40 * 60 // 70


def test_a_tier_challenge_lifts_by_one_tier_when_enough_was_spent_net_of_refunds(open_shop):
    shop = open_shop(
        policy(**COMPLETED, campaign="tier-up", give={"tier_step": {}}),
        policy(**COMPLETED, campaign="tier-up", give={"badge": {"code": "climber"}}),
        policy(on="tier.changed", beneficiary="customer", when="tier.reached == 'gold'", points=77),
        tiers=(BRONZE, SILVER, GOLD),
    )
    BadgeFactory(merchant=shop.merchant, code="climber")
    goal = {"measure": "spend", "target": 500_00}
    run(shop, "tier-up", type="tier_challenge", goal=goal, **{"from": "2026-11-01", "to": "2026-12-01"})
    shop.bought("alice", 300, at=NOON - timedelta(days=30))
    first = shop.bought("alice", 300)
    shop.refunded(first, amount=100_00)
    shop.bought("alice", 299.99)
    assert (shop.account("alice").tier.code, shop.points("alice")) == ("silver", 0)
    last = shop.bought("alice", 0.01)
    assert {given for _, _, given in awarded(last)} == {"gold", "climber"}
    assert (shop.account("alice").tier.code, shop.points("alice")) == ("gold", 77)
    shop.bought("alice", 600)
    assert Evaluation.objects.filter(trigger="campaign.completed").count() == 1
    assert refusals(last) == []
    shop.refunded(last)
    assert (shop.account("alice").tier.code, shop.points("alice")) == ("silver", 0)
    assert BadgeAward.objects.get().revoked_at is not None


def test_a_referral_campaign_gives_for_each_friend_out_of_its_budget(open_shop):
    friends = {"on": "referral.qualified", "campaign": "refer"}
    shop = open_shop(
        policy("referrer", points=500, **friends),
        policy("referee", points=200, **friends),
        policy(**COMPLETED, campaign="two-friends", points=1000),
    )
    campaign = run(shop, "refer", type="referral_campaign", budget=1300)
    run(shop, "two-friends", type="achievement", goal={"measure": "referrals", "target": 2})
    code = shop.code("alice")
    bought = [shop.bought(friend, referral_code=code) for friend in ("bob", "carol")]
    assert (shop.points("alice"), shop.points("bob"), shop.points("carol")) == (2000, 200, 0)
    qualified = evaluation_of(bought[1]).children.get(trigger="referral.qualified")
    assert [reason for _, reason in qualified.decision["refusals"]] == ["budget_exhausted"]
    assert given(campaign) == 1200
    shop.refunded(bought[0])
    assert (shop.points("alice"), given(campaign)) == (1500, 500)


def test_a_streak_counts_weeks_in_a_row_and_a_badge_is_awarded_once(open_shop):
    badge = {"badge": {"code": "regular"}}
    shop = open_shop(policy(**COMPLETED, campaign="weeks", give=badge), policy(**COMPLETED, give=badge))
    BadgeFactory(merchant=shop.merchant, code="regular")
    run(shop, "weeks", type="streak", goal={"measure": "weeks_in_a_row", "target": 3})
    for days in (42, 35, 21, 14):
        shop.bought("alice", at=NOON - timedelta(days=days))
    assert not BadgeAward.objects.exists()
    shop.bought("alice", at=NOON - timedelta(days=28))
    assert BadgeAward.objects.get().customer == shop.customer("alice")
    (completed,) = Evaluation.objects.filter(trigger="campaign.completed")
    assert [code for _, code in completed.decision["refusals"]] == ["has_badge"]


def test_what_is_paid_late_leads_to_the_goal_when_it_is_paid(open_shop):
    shop = open_shop(policy(**COMPLETED, campaign="spend", points=50))
    run(
        shop,
        "spend",
        type="achievement",
        goal={"measure": "spend", "target": 20_00},
        **{"from": "2026-11-20", "to": "2026-11-20T18:00"},
    )
    late = shop.bought("alice", 15, payment_status="pending")
    shop.bought("alice", 5)
    assert shop.points("alice") == 0
    shop.now += timedelta(hours=12)
    shop.settles(late, "paid")
    assert shop.points("alice") == 50


def test_a_campaign_that_repeats_counts_what_one_customer_gets_in_each_round_anew(open_shop):
    shop = open_shop(policy(campaign="days", points=60))
    run(
        shop,
        "days",
        type="bonus",
        points_per_customer=100,
        repeat="daily",
        **{"from": "2026-11-01T06:00", "to": "2026-11-01T18:00"},
    )
    reasons = [refusals(shop.bought("alice", at=NOON + timedelta(hours=hours))) for hours in (0, 1, 6, 18, 24)]
    assert reasons == [[], ["campaign_limit_reached"], ["campaign_not_running"], [], ["campaign_limit_reached"]]
    assert shop.points("alice") == 120


def test_a_budget_too_small_for_a_multiplier_leaves_the_points_as_they_are(open_shop):
    shop = open_shop(DOUBLED)
    run(shop, "double", type="points_multiplier", multiplier=2, budget=15)
    first, second = shop.bought("alice", 10), shop.bought("alice", 10)
    assert (awarded(first)[0][2], awarded(second)[0][2]) == (20, 10)
    assert refusals(second) == ["budget_exhausted"]
    assert Campaign.objects.get().given == 10
