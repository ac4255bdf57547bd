"""RFM: what counts, how customers compare, and what they are called."""

from datetime import timedelta
from fractions import Fraction
from math import floor
from random import Random

import pytest

from referrals.models import CustomerRfm
from referrals.services.rfm import recompute_rfm
from referrals.tasks import recompute_every_rfm
from tests.factories.referrals import (
    NOON,
    CustomerFactory,
    MerchantFactory,
    PaymentFactory,
    PurchaseFactory,
    RefundFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def shop():
    return MerchantFactory()


@pytest.fixture
def alice(shop):
    return CustomerFactory(merchant=shop)


def buy(customer, days=1, **purchase):
    return PurchaseFactory(customer=customer, occurred_at=NOON - days * DAY, **purchase)


def compute(customer, now=NOON):
    """What is known of a customer afterwards: days, number, amount; None if nothing."""
    recompute_rfm(merchant=customer.merchant, now=now)
    facts = CustomerRfm.objects.filter(customer=customer)
    return facts.values_list("recency_days", "frequency", "monetary").first()


def test_purchases_are_counted_and_added_and_the_last_one_dated(alice):
    buy(alice, days=9.5, total=1000)
    buy(alice, days=3.5, total=250)
    assert compute(alice) == (3, 2, 1250)


@pytest.mark.parametrize(("days", "counts"), [(0, False), (0.001, True), (365, True), (365.001, False)])
def test_only_what_was_bought_within_the_window_counts(alice, days, counts):
    buy(alice, days=days)
    assert (compute(alice) is not None) == counts


def test_what_was_paid_back_in_part_is_less_and_what_was_paid_back_wholly_is_none(alice):
    RefundFactory(purchase=buy(alice, days=20, total=1000), amount=400)
    returned = buy(alice, days=2, total=500)
    RefundFactory(purchase=returned, amount=200)
    assert compute(alice) == (2, 2, 900)
    RefundFactory(purchase=returned, amount=300)
    assert compute(alice) == (20, 1, 600)


def test_what_is_not_paid_does_not_count(alice):
    waiting = buy(alice, days=5, payment_status="pending")
    assert compute(alice) is None
    PaymentFactory(purchase=waiting)
    assert compute(alice) == (5, 1, waiting.total)
    PaymentFactory(purchase=buy(alice, payment_status="pending"), status="voided")
    assert compute(alice) == (5, 1, waiting.total)


def test_who_no_longer_counts_has_none_any_more_and_others_keep_theirs(alice):
    other = CustomerFactory()
    for customer in (alice, other):
        buy(customer)
        assert compute(customer)
    assert compute(alice, NOON + 366 * DAY) is None
    assert CustomerRfm.objects.get().customer == other


def test_whoever_is_alone_or_equal_to_all_is_in_the_middle(shop, alice):
    buy(alice)
    buy(CustomerFactory(merchant=shop))
    compute(alice)
    assert {str(rfm) for rfm in CustomerRfm.objects.all()} == {"333 loyal"}


def test_scores_are_fifths_of_the_merchants_customers_as_even_as_ties_allow(shop):
    random = Random(7)
    customers = [CustomerFactory(merchant=shop) for _ in range(23)]
    for customer in customers:
        for _ in range(random.randint(1, 4)):
            buy(customer, days=random.randint(1, 30), total=random.randint(1, 9) * 100)
    buy(CustomerFactory(), days=1, total=10**9)
    assert recompute_rfm(merchant=shop, now=NOON) == 23
    rows = list(CustomerRfm.objects.filter(merchant=shop))
    for measure, score, sign in (
        ("recency_days", "recency_score", -1),
        ("frequency", "frequency_score", 1),
        ("monetary", "monetary_score", 1),
    ):
        values = [sign * getattr(row, measure) for row in rows]
        for row, value in zip(rows, values, strict=True):
            worse, equal = sum(other < value for other in values), values.count(value)
            assert getattr(row, score) == 1 + floor(5 * (worse + Fraction(equal, 2)) / 23)
    assert {row.recency_score for row in rows} == {1, 2, 3, 4, 5}


SEGMENTS = {
    (5, 8): "champions", (4, 8): "champions", (4, 7): "loyal", (5, 6): "loyal", (5, 5): "promising",
    (3, 10): "loyal", (3, 6): "loyal", (3, 5): "needs_attention", (2, 10): "at_risk", (1, 6): "at_risk",
    (2, 5): "dormant", (1, 2): "dormant",
}  # fmt: skip


def test_segments_are_those_of_the_table(shop):
    random = Random(11)
    for _ in range(60):
        customer = CustomerFactory(merchant=shop)
        for _ in range(random.choice((1, 1, 2, 5))):
            buy(customer, days=random.randint(1, 300), total=random.randint(1, 99) * 100)
    recompute_rfm(merchant=shop, now=NOON)
    met = {
        (rfm.recency_score, rfm.frequency_score + rfm.monetary_score): rfm.segment for rfm in CustomerRfm.objects.all()
    }
    assert {key: met[key] for key in met.keys() & SEGMENTS.keys()} == {
        key: SEGMENTS[key] for key in met.keys() & SEGMENTS.keys()
    }
    assert set(met.values()) == set(SEGMENTS.values())


def test_at_night_it_is_computed_for_every_merchant():
    for _ in range(2):
        PurchaseFactory(occurred_at=NOON - 30 * DAY)
    recompute_every_rfm()
    assert CustomerRfm.objects.count() == 2
