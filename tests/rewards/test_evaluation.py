"""A batch of work orders is decided: who gets what, in which order, and what follows from it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credits.models import Entry
from referrals.models import Event
from rewards.models import Counter, Grant
from rewards.services.evaluation.run import evaluate_due
from tests.factories.referrals import NOON
from tests.rewards.shop import MINUTE, PER_DOLLAR, awarded, evaluation_of, policy, refusals

DAY = timedelta(days=1)
DOUBLED = {"points": {"per_currency_unit": 1, "tier_multiplier": True}}


def test_a_purchase_earns_what_its_policies_say(open_shop):
    shop = open_shop(policy(give=PER_DOLLAR), policy(points=50, when="purchase.total >= 2000"))
    small, large = shop.buys("bob", 19.99), shop.buys("carol", 20)
    shop.works()
    assert (shop.points("bob"), shop.points("carol")) == (19, 70)
    assert refusals(small) == ["condition_not_met"]
    assert evaluation_of(large).evaluated_at == NOON


def test_without_policies_a_purchase_is_done_and_counts_for_the_tier(open_shop):
    shop = open_shop()
    assert evaluation_of(shop.bought("bob", 100)).state == "done"
    assert (shop.points("bob"), shop.account("bob").tier.code) == (0, "silver")


def test_work_that_is_done_is_not_done_again(open_shop):
    shop = open_shop(policy())
    shop.bought("bob")
    shop.works()
    assert shop.points("bob") == 100
    assert Entry.objects.count() == 1


def test_a_batch_of_mixed_cases_gives_each_what_is_theirs(open_shop):
    shop = open_shop(policy(), policy("referrer", points=7), policy("referee", on="referral.joined", points=20))
    code = shop.code("alice")
    for friend, brought in (("bob", code), ("carol", "WRONG"), ("dave", None)):
        shop.buys(friend, referral_code=brought)
    unpaid, own = shop.buys("erin", payment_status="pending"), shop.buys("alice", referral_code=code)
    shop.works()
    assert [shop.points(name) for name in ("alice", "bob", "carol", "dave", "erin")] == [107, 120, 100, 100, 0]
    assert shop.account("erin").pending == 100
    assert refusals(own) == ["no_referrer", "own_code"]
    assert awarded(unpaid) == [("purchase.completed", "buyer", 100)]


def test_a_tier_that_a_purchase_reaches_multiplies_the_next_of_the_same_batch(open_shop):
    shop = open_shop(policy(give=DOUBLED))
    second = shop.buys("bob", 10, at=NOON + MINUTE)
    first = shop.buys("bob", 100, at=NOON)
    shop.works()
    assert awarded(first) == [("purchase.completed", "buyer", 100)]
    assert awarded(second) == [("purchase.completed", "buyer", 20)]


def test_a_purchase_that_is_told_late_is_multiplied_by_the_tier_of_its_day(open_shop):
    shop = open_shop(policy(give=DOUBLED))
    shop.bought("bob", 100)
    late, recent = shop.bought("bob", 10, at=NOON - DAY), shop.bought("bob", 10)
    assert awarded(late) == [("purchase.completed", "buyer", 10)]
    assert awarded(recent) == [("purchase.completed", "buyer", 20)]


def test_a_referrer_is_multiplied_by_their_own_tier(open_shop):
    shop = open_shop(policy("referrer", give={"points": {"fixed": 10, "tier_multiplier": True}}))
    shop.bought("alice", 100)
    shop.bought("bob", referral_code=shop.code("alice"))
    assert shop.points("alice") == 20


def test_purchases_of_a_customer_are_decided_in_the_order_in_which_they_happened(open_shop):
    shop = open_shop(policy(when="customer.purchases == 0"))
    later, earlier = shop.buys("bob", at=NOON), shop.buys("bob", at=NOON - MINUTE)
    shop.works()
    assert awarded(earlier)
    assert not awarded(later)


def test_a_condition_may_ask_for_the_referrers_own_purchases(open_shop):
    shop = open_shop(policy("referrer", when="referrer.purchases >= 2"))
    code = shop.code("alice")
    seen = []
    for name in ("alice", "bob", "alice", "bob"):
        shop.bought(name, referral_code=code if name == "bob" else None)
        seen.append(shop.points("alice"))
    assert seen == [0, 0, 0, 100]


def test_milestones_are_counted_for_each_friend(open_shop):
    per_friend = {"scope": "per_friend", "measure": "purchases", "at": [1, 3]}
    shop = open_shop(policy("referrer", give={"grant": {"option": "free-meal"}}, milestones=per_friend))
    code = shop.code("alice")
    for friend in ("bob", "bob", "carol", "bob", "bob"):
        shop.buys(friend, referral_code=code)
    shop.works()
    keys = [key.split(":")[-2:] for key in Grant.objects.order_by("id").values_list("key", flat=True)]
    bob, carol = (str(shop.customer(name).pk) for name in ("bob", "carol"))
    assert sorted(keys) == sorted([[bob, "1"], [carol, "1"], [bob, "3"]])
    assert len(shop.grants("alice")) == 3


def test_milestones_are_counted_across_friends(open_shop):
    across = {"scope": "across_friends", "measure": "purchases", "every": 3}
    shop = open_shop(policy("referrer", milestones=across))
    code = shop.code("alice")
    for friend in ("bob", "carol", "bob", "dave", "bob", "carol", "bob"):
        shop.buys(friend, referral_code=code)
    shop.works()
    assert shop.points("alice") == 200


def test_one_purchase_may_pass_several_milestones_of_units(open_shop):
    meals = {"scope": "per_friend", "measure": "units:meals", "at": [1, 2, 5]}
    shop = open_shop(policy("referrer", milestones=meals))
    items = [{"sku": "SALAD", "category": "meals", "quantity": 3, "unit_price": 100}]
    shop.bought("bob", referral_code=shop.code("alice"), items=items)
    assert shop.points("alice") == 200


def test_what_a_friend_bought_before_they_joined_is_brought_along_once(open_shop):
    across = {"scope": "across_friends", "measure": "purchases", "at": [2, 3]}
    shop = open_shop(policy("referrer", milestones=across))
    code = shop.code("alice")
    shop.bought("alice")
    shop.bought("bob", at=NOON)
    shop.bought("bob", at=NOON - DAY, referral_code=code)
    assert shop.points("alice") == 100
    assert Counter.objects.get(customer=shop.customer("alice"), scope="across_friends").amount == 2


@pytest.mark.parametrize(("limit", "expected"), [({"times": 2}, 200), ({"points": 250}, 250), ({"times": 9}, 400)])
def test_a_customer_gets_no_more_than_the_limit(open_shop, limit, expected):
    shop = open_shop(policy(limits={"per_customer": {**limit, "per": "month"}}))
    for _ in range(3):
        shop.buys("bob")
    shop.works()
    shop.bought("bob")
    assert shop.points("bob") == expected
    assert shop.points("carol") == 0


def test_a_limit_begins_anew_with_the_day_of_the_purchase_in_the_merchants_zone(open_shop):
    limits = {"per_customer": {"times": 1, "per": "day"}}
    shop = open_shop(policy(limits=limits), time_zone="America/New_York")
    for hours in (0, 16, 18):  # Midnight in New York is 17 hours after noon in London.
        shop.buys("bob", at=NOON + timedelta(hours=hours))
    shop.works()
    assert shop.points("bob") == 200


def test_an_unpaid_purchase_earns_pending_points_and_claims_no_tier(open_shop):
    shop = open_shop(policy())
    shop.bought("bob", 100, payment_status="pending")
    account = shop.account("bob")
    assert (account.available, account.pending, account.tier.code) == (0, 100, "bronze")
    assert (account.qualifying_spend, account.qualifying_orders, account.qualifying_points) == (0, 0, 0)


def test_an_unpaid_purchase_completes_no_referral(open_shop):
    shop = open_shop(policy("referrer", on="referral.qualified"))
    shop.bought("bob", referral_code=shop.code("alice"), payment_status="pending")
    assert shop.referral("bob").status == "joined"
    shop.bought("bob")
    assert (shop.referral("bob").status, shop.points("alice")) == ("rewarded", 100)


def test_joining_and_qualifying_follow_from_the_purchase_that_caused_them(open_shop):
    shop = open_shop(policy("referee", on="referral.joined", points=1), policy("referrer", on="referral.qualified"))
    purchase = shop.bought("bob", referral_code=shop.code("alice"))
    root = evaluation_of(purchase)
    children = list(root.children.order_by("id").values_list("trigger", "depth", "state", "subject_type"))
    assert sorted(children) == [
        ("referral.joined", 1, "done", "referral"),
        ("referral.qualified", 1, "done", "referral"),
    ]
    entries = Entry.objects.filter(evaluation_id__in=root.children.values("id"))
    assert set(entries.values_list("points", "source_type")) == {(1, "referral"), (100, "referral")}


@pytest.mark.parametrize(("dollars", "status"), [(9.99, "joined"), (10, "rewarded")])
def test_the_first_purchase_that_is_large_enough_completes_a_referral(open_shop, dollars, status):
    shop = open_shop(policy("referrer", on="referral.qualified"), minimum_qualifying_purchase=1000)
    shop.bought("bob", dollars, referral_code=shop.code("alice"))
    assert shop.referral("bob").status == status
    shop.bought("bob", 10)
    shop.bought("bob", 10)
    assert (shop.referral("bob").status, shop.points("alice")) == ("rewarded", 100)


def test_every_decision_keeps_what_it_was_made_from(open_shop):
    shop = open_shop(policy())
    shop.bought("bob", 100)
    kept = evaluation_of(shop.bought("bob")).decision
    assert kept["inputs"] == {"tier": "silver", "purchases": 1}
    assert kept["awards"][0]["version"] == shop.policies[0].versions.get().pk


def test_the_events_of_a_batch_are_numbered_without_gaps_and_name_nobody(open_shop):
    shop = open_shop(policy(), policy("referrer", give={"grant": {"option": "free-meal"}}))
    code = shop.code("alice")
    for _ in range(3):
        shop.buys("bob", 100, referral_code=code, email="bob@example.com")
    shop.works()
    for subject_type in ("account", "referral"):
        for subject in set(Event.objects.filter(subject_type=subject_type).values_list("subject_id", flat=True)):
            told = Event.objects.filter(subject_type=subject_type, subject_id=subject).order_by("id")
            assert list(told.values_list("sequence", flat=True)) == list(range(1, told.count() + 1))
    assert not any("bob" in str(event.payload) for event in Event.objects.all())


def test_a_batch_takes_as_many_statements_as_one_purchase(open_shop):
    shop = open_shop(policy(), policy("referrer", points=7))
    code = shop.code("alice")
    statements = []
    for friends in (["bob"], ["carol"], [f"friend-{number}" for number in range(40)]):
        for friend in friends:
            shop.joins(friend, code=code)
            shop.buys(friend)
        with CaptureQueriesContext(connection) as run:
            evaluate_due(now=shop.now)
        statements.append(len(run))
    assert statements[2] <= statements[1]
    assert shop.points("alice") == 7 * 42
