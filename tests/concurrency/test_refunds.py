"""Refunds arrive several times, and before their purchases are evaluated."""

from functools import partial

import pytest
from django.db.models import Sum

from credits.models import Account, Entry, EntryKind
from referrals.models import Refund
from rewards.services.refunds import AlreadyRefunded
from tests.concurrency.together import at_once, attempt
from tests.concurrency.trade import scatter

pytestmark = pytest.mark.django_db(transaction=True)
CUSTOMERS = range(16)


def test_a_purchase_that_is_refunded_while_it_is_evaluated_is_taken_back_once(shop, evaluators):
    code = shop.referrer("alice")
    for number in CUSTOMERS:
        shop.accept(shop.event(number, customer=f"friend-{number}", referral_code=code))
    scatter()
    at_once(
        partial(evaluators.work, size=4),
        *[partial(shop.refund, number, f"refund-{number}") for number in CUSTOMERS],
        *[partial(shop.refund, number, f"refund-{number}") for number in CUSTOMERS],
    )
    evaluators.work(size=4)
    assert Refund.objects.count() == len(CUSTOMERS)
    assert Account.objects.aggregate(Sum("available"), Sum("pending"), Sum("owed")) == {
        "available__sum": 0,
        "pending__sum": 0,
        "owed__sum": 0,
    }
    earned, reversed_ = (Entry.objects.filter(kind=kind) for kind in (EntryKind.EARNED, EntryKind.REVERSED))
    assert earned.count() == reversed_.count() == 2 * len(CUSTOMERS)


def test_of_refunds_with_different_ids_one_stands(shop, evaluators):
    shop.accept(shop.event(1))
    answers = at_once(*[partial(attempt, partial(shop.refund, 1, f"refund-{n}"), AlreadyRefunded) for n in range(16)])
    assert sum(isinstance(answer, AlreadyRefunded) for answer in answers) == 15
    evaluators.work(size=4)
    assert Refund.objects.count() == 1
    assert shop.points("bob") == 0


def test_of_refunds_with_the_same_id_one_is_new(shop, evaluators):
    shop.accept(shop.event(1))
    evaluators.work(size=4)
    answers = at_once(*[partial(shop.refund, 1, "refund")] * 16)
    assert [answer.is_new for answer in answers].count(True) == 1
    assert len({answer.uuid for answer in answers}) == 1
    evaluators.work(size=4)
    assert shop.points("bob") == 0
