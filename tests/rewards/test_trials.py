"""Trying policies out gives what they give in earnest, and writes nothing."""

from datetime import timedelta

import pytest
from django.apps import apps

from referrals.models import CustomerRfm
from rewards.engine.facts import Line
from rewards.models import Backtest, Evaluation
from rewards.selectors.traces import traces_of
from rewards.services.trials.backtests import LEASE, run_next_backtest, start_backtest
from rewards.services.trials.candidates import candidate_of
from rewards.services.trials.dry_run import Trial, dry_run
from tests.factories.referrals import NOON, CustomerRfmFactory
from tests.factories.rewards import CampaignFactory, SegmentMemberFactory
from tests.rewards.shop import PER_DOLLAR, awarded, policy

FLOORS = ("referrals", "credits", "rewards", "fulfillment")
MULTIPLIED = {"points": {"per_currency_unit": 1, "tier_multiplier": True}}
POLICIES = (
    policy(give=MULTIPLIED),
    policy("referrer", points=7, when="purchase.total >= 1000 && referrer.tier != 'none'"),
    policy("buyer", points=50, limits={"per_customer": {"times": 2, "per": "month"}}),
    policy("referrer", points=500, milestones={"scope": "per_friend", "measure": "purchases", "at": [1, 3]}),
    policy(
        "referrer",
        give={"grant": {"option": "free-meal"}},
        milestones={"scope": "across_friends", "measure": "units:meals", "every": 2},
    ),
    policy("referrer", on="referral.qualified", points=1000),
    policy("referee", on="referral.joined", points=20),
    policy("customer", on="activity.recorded", activity="review", points=5),
)
TIERS = ({"code": "bronze"}, {"code": "silver", "min_spend": 100_00, "points_multiplier": "2"})


@pytest.fixture(params=["lifetime", "rolling_year"])
def shop(open_shop, request):
    """A shop in which much has happened: friends, tiers won and lost, refunds, late payments, limits reached."""
    shop = open_shop(*POLICIES, tiers=TIERS, terms={"tier_window": request.param}, minimum_qualifying_purchase=15_00)
    shop.now = NOON
    code = shop.code("alice")
    shop.joins("bob", code=code)
    shop.works()
    shop.bought("carol", 12, referral_code=code)
    for dollars in (20, 60, 33.33, 8):
        first = shop.bought("bob", dollars)
        shop.now += timedelta(hours=2)
    shop.refunded(first, amount=300)
    shop.refunded(shop.bought("carol", 90))
    shop.does("bob", "review")
    waiting = shop.bought("dave", 120, payment_status="pending")
    never = shop.bought("dave", 40, payment_status="pending")
    shop.settles(waiting, "paid")
    shop.settles(never, "voided")
    shop.bought("dave", 10)
    shop.bought("carol", 30)
    shop.now += timedelta(hours=1)
    shop.bought("bob", 19)
    return shop


def everything():
    return {
        model.__name__: sorted(map(str, model.objects.values_list()))
        for floor in FLOORS
        for model in apps.get_app_config(floor).get_models()
    }


def given(shop):
    """What was given in earnest and not taken back: points of everybody, and grants."""
    names = ("alice", "bob", "carol", "dave")
    accounts = [shop.account(name) for name in names]
    return (
        sum(it.available + it.pending - it.owed for it in accounts),
        sum(len(shop.grants(name, state="issued")) for name in names),
    )


def backtest(shop, **tried):
    started = start_backtest(merchant=shop.merchant, actor="user:1", now=shop.now, **tried)
    assert run_next_backtest(clock=lambda: shop.now)
    started.refresh_from_db()
    assert started.state == "done", started.failure
    return started


def test_history_once_more_gives_what_it_gave(shop):
    before = everything()
    result = backtest(shop, definitions={"unheard-of": policy(points=1, when="false")})
    points, grants = given(shop)
    assert (result.totals["before"]["points"], result.totals["before"]["grants"]) == (points, grants)
    assert result.totals["after"]["points"] == points
    assert (result.totals["winners"], result.totals["losers"], result.outcomes.count()) == (0, 0, 0)
    assert (result.done, result.total) == (Evaluation.objects.filter(cause=None).count(),) * 2
    result.delete()
    assert everything() == before


def test_what_other_policies_would_have_given_is_told_by_customer(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR), policy(points=3))
    shop.bought("bob", 10)
    shop.now += timedelta(hours=1)
    since = shop.now
    shop.bought("bob", 20)
    shop.bought("carol", 7)
    rate, bonus = (it.code for it in shop.policies)
    twice = policy(give={"points": {"per_currency_unit": 2}})

    result = backtest(shop, definitions={rate: twice, bonus: None}, starts_at=since)

    assert result.totals["before"]["points"] == 27 + 6
    assert result.totals["after"]["points"] == 54
    assert result.totals["after"]["policies"] == {rate: {"awards": 2, "points": 54, "grants": 0}}
    told = result.outcomes.values_list("customer__external_id", "points_before", "points_after")
    assert sorted(told) == [("bob", 23, 40), ("carol", 10, 14)]


def test_a_backtest_that_was_left_behind_is_taken_up_again_and_given_up_after_three_times(open_shop):
    shop = open_shop(policy())
    shop.bought("bob")
    left = {"state": "running", "attempts": 1, "lease_until": shop.now - LEASE}
    start_backtest(merchant=shop.merchant, actor="user:1", now=shop.now, definitions={"x": policy()})
    Backtest.objects.update(**left)
    assert run_next_backtest(clock=lambda: shop.now)
    assert Backtest.objects.get().state == "done"
    Backtest.objects.update(**left | {"attempts": 3, "totals": None, "finished_at": None})
    assert not run_next_backtest(clock=lambda: shop.now)
    assert Backtest.objects.get().state == "failed"


CARTS = {
    "alice": {"dollars": 45},
    "bob": {"dollars": 250},
    "carol": {"dollars": 15},
    "dave": {"dollars": 5},
    "erin": {"dollars": 30, "by_code": True},
    "frank": {"dollars": 2},
}


@pytest.mark.parametrize("name", CARTS)
def test_a_dry_run_tells_what_the_purchase_then_gives(shop, name):
    cart = CARTS[name]
    total, code = cart["dollars"] * 100, shop.code("alice") if cart.get("by_code") else ""
    is_new = name in {"erin", "frank"}
    trial = Trial(
        customer=None if is_new else shop.customer(name),
        at=shop.now,
        total=total,
        lines=(Line("SALAD", 1, total, "", "meals"),),
        referral_code=code,
    )
    before = everything()

    run = dry_run(merchant=shop.merchant, trial=trial)

    assert everything() == before
    bought = shop.bought(name, cart["dollars"], **({"referral_code": code} if code else {}))
    told = [
        (each.trigger, award.beneficiary, award.points or award.option)
        for each in run.decided
        for traced in each.policies
        for award in traced.awards
    ]
    assert sorted(told, key=str) == sorted(awarded(bought), key=str)


def test_a_dry_run_may_be_of_a_draft_and_of_a_moment_to_come(open_shop):
    shop = open_shop(policy(points=3, schedule={"weekdays": ["sat"]}))
    code = shop.policies[0].code
    saturday = NOON + timedelta(days=(5 - NOON.weekday()) % 7)
    candidate = candidate_of(shop.merchant, definitions={code: policy(points=9), "another": policy(points=1)})

    def points(at, **tried):
        trial = Trial(customer=shop.customer("bob"), at=at, total=100, **tried)
        return dry_run(merchant=shop.merchant, trial=trial).points_of("buyer")

    assert (points(saturday), points(saturday + timedelta(days=2))) == (3, 0)
    assert points(saturday + timedelta(days=2), candidate=candidate) == 10


def test_a_dry_run_tells_where_a_policy_stopped_and_what_it_saw(open_shop):
    shop = open_shop(policy(points=3, when="purchase.total > 500 && customer.tier == 'gold'"))
    run = dry_run(merchant=shop.merchant, trial=Trial(customer=None, at=NOON, total=600))
    ((traced,),) = (each.policies for each in run.decided)
    assert [(step.name, step.passed) for step in traced.steps] == [("beneficiary", True), ("condition", False)]
    assert [(it.text, it.value, it.saw) for it in traced.steps[1].clauses] == [
        ("purchase.total > 500", True, {"purchase.total": 600}),
        ("customer.tier == 'gold'", False, {"customer.tier": "bronze"}),
    ]
    assert traced.refusal.code == "condition_not_met"


def test_why_is_told_clause_by_clause_long_after(shop):
    bought = shop.bought("bob", 5)
    shop.bought("bob", 900)
    evaluation = Evaluation.objects.get(subject_id=bought.pk, trigger="purchase.completed", cause=None)

    asked = {each.policy: each for each in traces_of(evaluation)}

    conditional = asked[shop.policies[1].code]
    assert [(it.text, it.value, it.saw) for it in conditional.clauses] == [
        ("purchase.total >= 1000", False, {"purchase.total": 500}),
        ("referrer.tier != 'none'", True, {"referrer.tier": "bronze"}),
    ]
    assert conditional.refused == "The condition of this reward was not met."
    assert asked[shop.policies[0].code].gave == ["You received 10 points."]
    assert len(asked) == len([it for it in POLICIES if it["trigger"] == "purchase.completed"])


def test_a_trace_goes_on_to_what_followed_from_what_followed(open_shop):
    completed, changed = (policy("customer", on=trigger) for trigger in ("campaign.completed", "tier.changed"))
    completed = {**completed, "campaign": "big", "give": {"tier_step": {}}}
    shop = open_shop(policy(), completed, changed)
    goal = {"type": "achievement", "goal": {"measure": "spend", "target": 1}}
    CampaignFactory(merchant=shop.merchant, code="big", definition=goal)
    evaluation = Evaluation.objects.get(subject_id=shop.bought("bob", 1).pk, trigger="purchase.completed", cause=None)
    assert [each.trigger for each in traces_of(evaluation)] == [
        "purchase.completed", "campaign.completed", "tier.changed"
    ]  # fmt: skip


def test_a_trace_shows_what_was_seen_of_a_customer_at_that_time_whatever_they_are_now(open_shop):
    shop = open_shop(policy(when="customer.rfm.recency >= 3 && 'vip' in customer.segments"))
    bob = CustomerRfmFactory(customer=shop.customer("bob")).customer
    vip = SegmentMemberFactory(customer=bob, segment__code="vip")
    evaluation = Evaluation.objects.get(subject_id=shop.bought("bob").pk, trigger="purchase.completed", cause=None)
    vip.delete()
    CustomerRfm.objects.all().delete()

    (asked,) = traces_of(evaluation)

    assert [(clause.value, clause.saw) for clause in asked.clauses] == [
        (True, {"customer.rfm.recency": 3}),
        (True, {"customer.segments": ("vip",)}),
    ]
    evaluation.decision["inputs"].pop("segments")
    (asked,) = traces_of(evaluation)
    assert asked.clauses is None
