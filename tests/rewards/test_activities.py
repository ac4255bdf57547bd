"""What customers do besides buying is recorded once, and gives what the policies of its kind give."""

from datetime import timedelta

import pytest

from credits.models import Lot
from referrals.models import Activity, Customer
from rewards.models import Evaluation
from tests.factories.referrals import NOON
from tests.rewards.shop import policy

DAILY = {"per_customer": {"times": 3, "per": "day"}}


def on(activity, points, beneficiary="customer", **rest):
    return policy(beneficiary, on="activity.recorded", activity=activity, points=points, **rest)


@pytest.fixture
def shop(open_shop):
    return open_shop(
        on("product_review", 25),
        on("social_share", 10, limits=DAILY),
        on("account_creation", 100),
        on("product_review", 5, beneficiary="referrer"),
    )


def kinds(outcomes):
    return [(outcome.kind, outcome.code) for outcome in outcomes]


def test_an_activity_gives_what_the_policies_of_its_kind_give(shop):
    shop.does("bob", "product_review", reference="SALAD")
    activity = Activity.objects.get()
    assert (activity.customer, activity.kind, activity.reference) == (shop.customer("bob"), "product_review", "SALAD")
    work = Evaluation.objects.get()
    assert (work.trigger, work.subject_type, work.subject_id) == ("activity.recorded", "activity", activity.pk)
    assert shop.points("bob") == 25


def test_an_activity_for_which_there_is_no_policy_gives_nothing(shop):
    shop.does("bob", "app_install")
    assert (shop.points("bob"), Evaluation.objects.get().state) == (0, "done")


def test_a_friends_activity_benefits_the_referrer(shop):
    shop.joins("bob", code=shop.code("alice"))
    shop.does("bob", "product_review")
    assert (shop.points("alice"), shop.points("bob")) == (5, 125)


def test_a_policy_may_ask_how_often_the_customer_has_bought(open_shop):
    shop = open_shop(on("product_review", 25, when="customer.purchases >= 1"))
    shop.does("bob", "product_review")
    assert shop.points("bob") == 0
    shop.bought("bob")
    shop.does("bob", "product_review")
    assert shop.points("bob") == 25


def test_the_same_again_changes_nothing_and_other_content_is_a_conflict(shop):
    same = {"activity_id": "share-1"}
    first, again, other = shop.tell(
        ("bob", "social_share", same), ("bob", "social_share", same), ("carol", "social_share", same)
    )
    assert kinds([first, again, other]) == [("accepted", ""), ("repeated", ""), ("conflict", "activity_conflict")]
    assert again.uuid == first.uuid
    shop.works()
    at = {"occurred_at": NOON.isoformat(), **same}
    later = [
        ("bob", "social_share", at),
        ("bob", "product_review", at),
        ("bob", "social_share", {**at, "reference": "x"}),
    ]
    assert [outcome.kind for outcome in shop.tell(*later)] == ["repeated", "conflict", "conflict"]
    shop.works()
    assert (shop.points("bob"), Activity.objects.count()) == (10, 1)
    assert not Customer.objects.filter(external_id="carol").exists()


def test_a_limit_a_day_is_kept_day_by_day(shop):
    shop.tell(*[("bob", "social_share")] * 5)
    shop.tell(*[("bob", "social_share", {"occurred_at": (NOON - timedelta(days=1)).isoformat()})] * 2)
    shop.works()
    assert shop.points("bob") == 30 + 20


def test_many_activities_take_as_many_statements_as_few(shop, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        shop.tell(*[(f"customer-{number}", "social_share") for number in range(50)])


def test_whoever_registers_has_created_an_account_once(shop):
    shop.joins("bob")
    shop.joins("bob", code=shop.code("alice"))
    shop.works()
    assert shop.points("bob") == 100
    assert Activity.objects.filter(customer=shop.customer("bob")).count() == 1


def test_whoever_bought_before_they_registered_gets_it_when_they_register(shop):
    shop.bought("bob")
    assert shop.points("bob") == 0
    for _ in range(2):
        shop.joins("bob")
        shop.works()
    assert shop.points("bob") == 100


def test_a_purchase_creates_no_account(shop):
    shop.joins("bob")
    shop.bought("bob")
    assert shop.points("bob") == 100


def give(**terms):
    return {"give": {"points": {"fixed": 10, **terms}}}


def test_points_can_be_spent_after_as_many_days_as_their_policy_says(open_shop):
    shop = open_shop(on("product_review", 0) | give(pending_days=14), time_zone="UTC")
    shop.does("bob", "product_review")
    account, end_of_the_day = shop.account("bob"), NOON + timedelta(days=14, hours=12)
    assert (account.available, account.pending, account.next_change_at) == (0, 10, end_of_the_day)
    assert Lot.objects.get().active_at == end_of_the_day


def test_days_that_are_over_already_are_not_waited_for(open_shop):
    shop = open_shop(on("product_review", 0) | give(pending_days=14))
    shop.does("bob", "product_review", occurred_at=(NOON - timedelta(days=15)).isoformat())
    assert shop.account("bob").available == 10


@pytest.mark.parametrize(
    ("terms", "expires"), [({"expiry_months": 6}, "2027-05-21"), ({"expires": "never"}, None), ({}, "2028-11-21")]
)
def test_points_lapse_when_their_policy_says_or_else_the_wallet(open_shop, terms, expires):
    shop = open_shop(on("product_review", 0) | give(**terms), terms={"expiry_months": 24}, time_zone="UTC")
    shop.does("bob", "product_review")
    found = Lot.objects.get().expires_at
    assert (found and found.date().isoformat()) == expires
    assert shop.account("bob").next_change_at == found
