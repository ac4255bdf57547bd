"""People who correct a customer's points at the same moment."""

import pytest
from django.utils import timezone

from config.lib.ids import uuid7
from credits.models import Account, Adjustment, AdjustmentState, Entry
from credits.services.adjusting import AlreadyDecided, ask_adjustment, decide_adjustment
from credits.services.drawing import InsufficientPoints
from tests.concurrency.together import at_once, attempt, deadlocks
from tests.credits.ledger import assert_books_are_right
from tests.factories.credits import WalletFactory
from tests.factories.referrals import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer():
    """A customer in whose wallet one person may give or take a thousand points."""
    customer = CustomerFactory()
    WalletFactory(merchant=customer.merchant)
    return customer


def ask(customer, points, **by):
    return ask_adjustment(
        merchant=customer.merchant,
        customer_id=customer.pk,
        points=points,
        reason="The parcel never came.",
        now=timezone.now(),
        **by,
    )


@pytest.mark.parametrize("others_grant", [True, False])
def test_of_people_who_decide_at_once_one_does(customer, others_grant):
    waiting = ask(customer, 5000, asked_by=UserFactory())
    before = deadlocks()

    def decide(person, is_granted):
        return lambda: attempt(
            lambda: decide_adjustment(
                adjustment_id=waiting.pk, decided_by=person, is_granted=is_granted, now=timezone.now()
            ),
            AlreadyDecided,
        )

    outcomes = at_once(decide(UserFactory(), True), *(decide(UserFactory(), others_grant) for _ in range(3)))

    (decided,) = [outcome for outcome in outcomes if not isinstance(outcome, AlreadyDecided)]
    kept = Adjustment.objects.get()
    is_posted = kept.state == AdjustmentState.POSTED
    assert (kept.state, kept.decided_by) == (decided.state, decided.decided_by)
    assert Account.objects.get().available == (5000 if is_posted else 0)
    assert Entry.objects.count() == is_posted
    assert deadlocks() == before
    assert_books_are_right(timezone.now())


def test_a_form_that_is_sent_several_times_at_once_adjusts_once(customer):
    key, person = uuid7(), UserFactory()

    adjustments = at_once(*[lambda: ask(customer, 500, asked_by=person, key=key)] * 4)

    assert len({adjustment.pk for adjustment in adjustments}) == 1
    assert (Account.objects.get().available, Entry.objects.count()) == (500, 1)
    assert_books_are_right(timezone.now())


def test_points_are_not_taken_twice_by_people_who_take_at_once(customer):
    person = UserFactory()
    ask(customer, 500, asked_by=person)

    at_once(*[lambda: attempt(lambda: ask(customer, -400, asked_by=person), InsufficientPoints)] * 4)

    assert Account.objects.get().available == 100
    assert_books_are_right(timezone.now())
