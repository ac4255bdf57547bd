"""A referral stood out: what it earned waits, and a person decides, perhaps more than once."""

from datetime import timedelta

import pytest

from referrals.models import Event, Purchase, ReferralMove
from referrals.services.customers import Identity
from referrals.services.traces import Presence
from rewards.models import BadgeAward, Campaign
from rewards.selectors.badges import badges_of
from rewards.services.confirmations import confirm_email
from rewards.services.enrolment import enrol_customer
from rewards.services.reviews import NothingToDecide, decide_referral
from tests.factories.referrals import UserFactory
from tests.factories.rewards import BadgeFactory, CampaignFactory
from tests.rewards.shop import PER_DOLLAR, policy

DAY = timedelta(days=1)
ONE_DEVICE = Presence(device="tablet-1")
POLICIES = (
    policy("referee", on="referral.joined", points=100),
    policy("referrer", on="referral.qualified", points=500),
    policy("buyer", give=PER_DOLLAR),
)
MEAL = policy("referrer", on="referral.qualified", give={"grant": {"option": "free-meal", "quantity": 1}})


def comes(shop, name, code=""):
    identity = Identity(name, f"{name}@example.com")
    enrol_customer(merchant=shop.merchant, identity=identity, referral_code=code, presence=ONE_DEVICE, now=shop.now)


def held_shop(open_shop, *policies, **terms):
    """Alice brings Bob, who comes by her device; that is held where households are not allowed."""
    shop = open_shop(*(policies or POLICIES), allows_households=False, **terms)
    comes(shop, "alice")
    comes(shop, "bob", code=shop.code("alice"))
    shop.works()
    return shop


def decide(shop, verdict, **said):
    decide_referral(referral=shop.referral("bob"), verdict=verdict, decided_by=UserFactory(), now=shop.now, **said)
    shop.works()


def sums(shop):
    return [(account.available, account.pending) for account in map(shop.account, ("alice", "bob"))]


def test_what_a_held_referral_earns_waits_and_what_people_earn_themselves_does_not(open_shop):
    shop = held_shop(open_shop)
    shop.bought("bob", 40)
    assert sums(shop) == [(0, 500), (40, 100)]
    assert (shop.referral("bob").status, shop.referral("bob").risk) == ("qualified", "held")


def test_a_release_lets_it_be_spent_and_the_referral_is_rewarded(open_shop):
    shop = held_shop(open_shop)
    shop.bought("bob", 40)
    decide(shop, "released")
    assert sums(shop) == [(500, 0), (140, 0)]
    assert (shop.referral("bob").status, shop.referral("bob").risk) == ("rewarded", "released")
    shop.bought("bob", 10)
    assert sums(shop) == [(500, 0), (150, 0)]


def test_a_rejection_takes_it_away_and_an_appeal_gives_it_back_to_the_same_lots(open_shop):
    shop = held_shop(open_shop)
    shop.bought("bob", 40)
    decide(shop, "rejected", note="One tablet.")
    assert sums(shop) == [(0, 0), (40, 0)]
    decide(shop, "released", is_appeal=True, note="They are sisters.")
    assert sums(shop) == [(500, 0), (140, 0)]
    decide(shop, "rejected")
    decide(shop, "released")
    assert sums(shop) == [(500, 0), (140, 0)]
    assert [move.status for move in ReferralMove.objects.order_by("id")] == [
        "joined", "joined", "qualified", "rejected", "qualified", "qualified", "rewarded", "rejected", "rewarded",
    ]  # fmt: skip


def test_a_refund_meanwhile_is_not_given_back(open_shop):
    shop = held_shop(open_shop, *POLICIES, policy("referrer", give={"points": {"per_currency_unit": 1}}))
    purchase = shop.bought("bob", 40)
    assert sums(shop)[0] == (0, 540)
    decide(shop, "rejected")
    shop.refunded(purchase, lines=[{"index": 0, "amount": 1000}])
    assert sums(shop)[0] == (0, 0)
    decide(shop, "released")
    assert sums(shop)[0] == (530, 0)
    shop.refunded(purchase)
    assert sums(shop)[0] == (0, 0)


def test_what_was_spent_after_a_release_stays_with_its_owner(open_shop):
    shop = held_shop(open_shop)
    shop.bought("bob", 40)
    decide(shop, "released")
    shop.spends("alice", 100)
    decide(shop, "rejected")
    assert sums(shop) == [(400, 0), (40, 0)]


def test_what_lapsed_before_a_rejection_is_gone_and_is_not_taken_again(open_shop):
    brief = {"points": {"fixed": 500, "expiry_months": 1}}
    shop = held_shop(open_shop, policy("referrer", on="referral.qualified", give=brief))
    shop.bought("bob", 40)
    decide(shop, "released")
    shop.now += 62 * DAY
    decide(shop, "rejected")
    assert sums(shop) == [(0, 0), (0, 0)]
    entries = shop.account("alice").entries.order_by("id")
    assert list(entries.values_list("points", "kind")) == [(500, "earned"), (-500, "expired")]


def test_nothing_is_given_for_what_is_bought_while_it_is_rejected(open_shop):
    shop = held_shop(open_shop)
    decide(shop, "rejected")
    shop.bought("bob", 40)
    decide(shop, "released")
    assert (shop.referral("bob").status, sums(shop)) == ("joined", [(0, 0), (140, 0)])
    shop.bought("bob", 10)
    assert sums(shop) == [(500, 0), (150, 0)]


def test_points_that_wait_for_more_than_one_cause_wait_for_all(open_shop):
    until = {"points": {"fixed": 100, "pending_until": "email_verified"}}
    shop = held_shop(open_shop, policy("referee", on="referral.joined", give=until), POLICIES[1], POLICIES[2])
    purchase = shop.bought("bob", 40, payment_status="pending")
    decide(shop, "released")
    assert sums(shop) == [(0, 0), (0, 140)]
    shop.settles(purchase, "paid")
    assert sums(shop) == [(500, 0), (40, 100)]
    confirm_email(customer=shop.customer("bob"), now=shop.now)
    assert sums(shop) == [(500, 0), (140, 0)]


def test_a_purchase_that_is_paid_while_the_referral_is_held_earns_what_waits(open_shop):
    shop = held_shop(open_shop, *POLICIES, policy("referrer", points=7))
    purchase = shop.bought("bob", 40, payment_status="pending")
    shop.settles(purchase, "paid")
    assert sums(shop) == [(0, 507), (40, 100)]
    decide(shop, "released")
    assert sums(shop) == [(507, 0), (140, 0)]


def test_a_grant_waits_too_and_cannot_be_used(open_shop):
    shop = held_shop(open_shop, MEAL)
    shop.bought("bob", 40)
    states = [shop.grants("alice")]
    for verdict in ("released", "rejected", "released"):
        decide(shop, verdict)
        states.append(shop.grants("alice"))
    assert states == [["waiting"], ["issued"], ["waiting"], ["issued"]]


def test_a_held_referral_lifts_nobodys_tier_before_it_is_released(open_shop):
    shop = held_shop(open_shop, policy("referrer", on="referral.qualified", points=500),
                     tiers=({"code": "bronze"}, {"code": "silver", "min_points": 300}))  # fmt: skip
    shop.bought("bob", 40)
    tiers = [shop.account("alice").tier.code]
    decide(shop, "released")
    assert [*tiers, shop.account("alice").tier.code] == ["bronze", "silver"]


def test_proof_that_comes_with_the_first_purchase_rejects_and_takes_back_what_was_given_for_joining(open_shop):
    shop = open_shop(*POLICIES)
    shop.bought("alice", 10, payment_fingerprint="card-1")
    shop.joins("bob", code=shop.code("alice"))
    shop.works()
    assert sums(shop) == [(10, 0), (100, 0)]
    shop.bought("bob", 40, payment_fingerprint="card-1")
    assert (shop.referral("bob").status, sums(shop)) == ("rejected", [(10, 0), (40, 0)])


def test_only_what_waits_is_released_and_nothing_is_rejected_twice(open_shop):
    shop = held_shop(open_shop)
    decide(shop, "rejected")
    with pytest.raises(NothingToDecide):
        decide(shop, "rejected")
    decide(shop, "released")
    with pytest.raises(NothingToDecide):
        decide(shop, "released")


def gives(kind, **effect):
    return policy("referrer", on="referral.qualified", give={kind: effect})


def told(shop):
    """What was told of the referral and of Alice besides points and tiers, and that she rose."""
    return [
        each.type
        for each in Event.objects.order_by("id")
        if each.type in {"badge.awarded", "badge.revoked", "tier.changed", "referral.completed", "custom.call_them"}
        or each.type.startswith("grant.")
    ]


def test_badges_steps_and_what_others_are_told_wait_for_the_release_and_come_once(open_shop):
    shop = held_shop(
        open_shop, gives("badge", code="ambassador"), gives("tier_step"), gives("event", type="call_them"), MEAL
    )
    BadgeFactory(merchant=shop.merchant, code="ambassador")
    shop.bought("bob", 40)
    silent, tier = told(shop), shop.account("alice").tier
    assert (silent, tier, BadgeAward.objects.exists()) == ([], shop.account("bob").tier, False)
    decide(shop, "released")
    everything = ["referral.completed", "grant.issued", "badge.awarded", "custom.call_them", "tier.changed"]
    assert sorted(told(shop)) == sorted(everything)
    assert (shop.account("alice").tier.code, badges_of(shop.customer("alice").pk)[0]["id"]) == ("silver", "ambassador")
    decide(shop, "rejected")
    assert badges_of(shop.customer("alice").pk) == []
    decide(shop, "released")
    again = ["grant.withheld", "badge.revoked", "grant.confirmed", "badge.awarded"]
    assert sorted(told(shop)) == sorted([*everything, *again])


def test_who_rises_by_a_release_is_given_what_others_are_and_a_refund_takes_the_step_back(open_shop):
    shop = held_shop(open_shop, gives("tier_step"), policy("customer", on="tier.changed", points=70))
    purchase = shop.bought("bob", 40)
    decide(shop, "released")
    assert (shop.account("alice").tier.code, sums(shop)[0]) == ("silver", (70, 0))
    shop.refunded(purchase)
    assert shop.account("alice").tier.code == "bronze"


def test_nothing_of_a_refused_referral_ever_comes(open_shop):
    shop = held_shop(open_shop, gives("badge", code="ambassador"), gives("event", type="call_them"), MEAL)
    BadgeFactory(merchant=shop.merchant, code="ambassador")
    purchase = shop.bought("bob", 40)
    decide(shop, "rejected")
    shop.refunded(purchase)
    decide(shop, "released")
    assert (told(shop), shop.grants("alice"), BadgeAward.objects.exists()) == ([], ["revoked"], False)


def test_held_friends_lead_to_goals_of_campaigns_when_they_are_released(open_shop):
    shop = held_shop(open_shop, policy("customer", on="campaign.completed", points=50, campaign="friends"))
    goal = {"type": "achievement", "goal": {"measure": "referrals", "target": 1}}
    CampaignFactory(merchant=shop.merchant, code="friends", definition=goal)
    shop.bought("bob", 40)
    points = [sums(shop)[0]]
    for verdict in ("released", "rejected", "released"):
        decide(shop, verdict)
        points.append(sums(shop)[0])
    assert points == [(0, 0), (50, 0), (50, 0), (50, 0)]


@pytest.mark.parametrize(("budget", "back"), [(1000, 500), (500, 0), (None, 500)])
def test_what_a_rejection_takes_goes_back_into_the_budget_and_comes_back_as_far_as_that_still_has_it(
    open_shop, budget, back
):
    shop = held_shop(open_shop, policy("referrer", on="referral.qualified", points=500, campaign="spring"))
    spring = CampaignFactory(merchant=shop.merchant, code="spring", budget=budget, definition={"type": "bonus"})
    shop.bought("bob", 40)
    used = [Campaign.objects.get(pk=spring.pk).given]
    decide(shop, "rejected")
    used.append(Campaign.objects.get(pk=spring.pk).given)
    shop.bought("cleo", referral_code=shop.code("dora"))
    decide(shop, "released")
    assert (used, shop.points("dora"), sums(shop)[0]) == ([500, 0], 500, (back, 0))
    assert Campaign.objects.get(pk=spring.pk).given == 500 + back
    decide(shop, "rejected")
    shop.refunded(Purchase.objects.get(customer=shop.customer("bob")))
    assert Campaign.objects.get(pk=spring.pk).given == 500
