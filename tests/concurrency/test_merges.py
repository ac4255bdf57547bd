"""Merging while others merge, buy and are counted: one goes on for both, once."""

from functools import partial

import pytest
from django.utils import timezone

from referrals.models import Customer, CustomerAlias
from referrals.services.merging import MergeWithOneself
from rewards.services.merging import level_merged, merge_customers
from tests.concurrency.together import at_once, attempt, deadlocks
from tests.concurrency.trade import POINTS_A_FRIENDS_PURCHASE, POINTS_A_PURCHASE, evaluate_everything

pytestmark = pytest.mark.django_db(transaction=True)


def merge(survivor, merged):
    people = {"survivor": survivor, "merged": merged}
    return merge_customers(**people, now=timezone.now(), reason="same_person", actor="command")


def test_of_two_who_merge_the_same_two_each_their_way_one_does(shop):
    shop.referrer("ann"), shop.referrer("anna")
    ann, anna = (Customer.objects.get(external_id=name) for name in ("ann", "anna"))
    before = deadlocks()

    outcomes = at_once(
        *[partial(attempt, partial(merge, ann, anna), MergeWithOneself) for _ in range(4)],
        *[partial(attempt, partial(merge, anna, ann), MergeWithOneself) for _ in range(4)],
    )

    assert sum(not isinstance(each, MergeWithOneself) for each in outcomes) == 1
    assert Customer.objects.filter(merged_into=None).count() == CustomerAlias.objects.count() == 1
    assert deadlocks() == before
    evaluate_everything()


def test_points_that_are_earned_while_two_are_merged_arrive_and_friends_are_counted_once(shop, evaluators):
    code = shop.referrer("anna")
    shop.referrer("ann")
    ann, anna = (Customer.objects.get(external_id=name) for name in ("ann", "anna"))
    for number in range(30):
        shop.accept(shop.event(f"friend-{number}", customer=f"friend-{number % 3}", referral_code=code))
        shop.accept(shop.event(f"own-{number}", customer="anna"))

    at_once(partial(evaluators.work, size=5), partial(merge, ann, anna))
    evaluate_everything()
    while level_merged(now=timezone.now()):
        pass

    assert shop.points("ann") == 30 * POINTS_A_FRIENDS_PURCHASE + 30 * POINTS_A_PURCHASE
