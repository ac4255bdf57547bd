"""Refunds arrive several times, and before their purchases are evaluated."""

from functools import partial

import pytest
from django.db.models import Sum
from django.utils import timezone

from credits.models import Account, Entry, EntryKind
from referrals.models import Purchase, Refund, Settlement
from rewards.models import Evaluation
from rewards.services.payments import accept_payment
from rewards.services.refunds import AlreadyRefunded, ExceedsPaid, adopt_refunds
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


def test_parts_that_come_at_once_never_exceed_what_was_paid(shop, evaluators):
    shop.accept(shop.event(1))
    refused = (ExceedsPaid, AlreadyRefunded)
    answers = at_once(
        partial(evaluators.work, size=4),
        *[partial(attempt, partial(shop.refund, 1, f"refund-{n}", 500), *refused) for n in range(12)],
    )
    evaluators.work(size=4)
    assert sum(isinstance(answer, refused) for answer in answers) == 10
    assert Refund.objects.aggregate(Sum("amount"))["amount__sum"] == 1000
    assert shop.points("bob") == 12 - 12 * 1000 // 1250


def test_parked_refunds_are_adopted_exactly_once_while_their_purchases_come(shop, evaluators):
    for number in CUSTOMERS:
        shop.refund(number, f"refund-{number}", 500)
    events = [shop.event(number, customer=f"friend-{number}") for number in CUSTOMERS]
    adopt = partial(adopt_refunds, now=timezone.now())
    answers = at_once(
        *[partial(shop.accept, event) for event in events],
        *[partial(shop.refund, number, f"again-{number}", 250) for number in CUSTOMERS],
        *[adopt] * 4,
    )
    adopted = sum(answers[-4:]) + adopt() + adopt()
    early = Refund.objects.exclude(order_id="")
    assert adopted == early.count() >= len(CUSTOMERS)
    scatter()
    evaluators.work(size=4)
    assert Evaluation.objects.filter(trigger="purchase.refunded", state="done").count() == 2 * len(CUSTOMERS)
    assert [shop.points(f"friend-{number}") for number in CUSTOMERS] == [12 - 12 * 750 // 1250] * len(CUSTOMERS)


def test_a_payment_and_a_refund_at_once_end_alike_whichever_is_first(shop, evaluators):
    purchases = []
    for number in CUSTOMERS:
        (outcome,) = shop.accept(shop.event(number, customer=f"friend-{number}", payment_status="pending"))
        purchases.append(Purchase.objects.get(uuid=outcome.uuid).pk)
    scatter()
    now = timezone.now()
    at_once(
        partial(evaluators.work, size=4),
        *[partial(shop.refund, number, f"refund-{number}", 500) for number in CUSTOMERS],
        *[
            partial(accept_payment, purchase_id=pk, status=Settlement.PAID, occurred_at=now, now=now)
            for pk in purchases
        ],
    )
    evaluators.work(size=4)
    assert [shop.points(f"friend-{number}") for number in CUSTOMERS] == [12 - 12 * 500 // 1250] * len(CUSTOMERS)
