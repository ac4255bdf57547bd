"""The outbox: events are numbered by subject, and say nothing about persons."""

import pytest
from django.db import IntegrityError, transaction

from referrals.models import Event
from referrals.services.attribution import join_referrals, lock_referrals
from referrals.services.claims import Claim
from referrals.services.events import NewEvent, record_events
from referrals.services.steps import qualify_referral, reverse_referral, reward_referral, write_referrals
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory, ReferralCodeFactory

pytestmark = pytest.mark.django_db


def told(type_, subject_id=1, sequence=1, **payload):
    return NewEvent(type_, "account", subject_id, sequence, payload)


def test_events_are_written_as_they_were_told():
    merchant = MerchantFactory()
    record_events(merchant_id=merchant.pk, events=[told("a", points=7), told("b", sequence=2)], now=NOON)
    rows = Event.objects.order_by("sequence").values_list("merchant", "type", "subject_id", "payload", "occurred_at")
    assert list(rows) == [(merchant.pk, "a", 1, {"points": 7}, NOON), (merchant.pk, "b", 1, {}, NOON)]


def test_nothing_to_tell_writes_nothing():
    record_events(merchant_id=1, events=[], now=NOON)
    assert not Event.objects.exists()


def test_each_event_has_an_identifier_of_its_own():
    record_events(merchant_id=1, events=[told("a", sequence=number) for number in range(1, 51)], now=NOON)
    assert len(set(Event.objects.values_list("uuid", flat=True))) == 50


def test_a_number_is_given_once():
    record_events(merchant_id=1, events=[told("a")], now=NOON)
    with pytest.raises(IntegrityError, match="event_sequence_once"):
        record_events(merchant_id=1, events=[told("b")], now=NOON)


def test_events_that_are_not_committed_are_not_told():
    with transaction.atomic():
        record_events(merchant_id=1, events=[told("a")], now=NOON)
        transaction.set_rollback(True)
    assert not Event.objects.exists()


def move(friend, step, now):
    """One step of a friend's referral, in a batch of its own."""
    referral = lock_referrals(merchant_id=friend.merchant_id, referee_ids=[friend.pk], settled_too=True)[friend.pk]
    step(referral, now=now)
    write_referrals(merchant_id=friend.merchant_id, referrals=[referral], now=now)


def test_the_steps_of_a_referral_are_numbered_without_gaps_and_name_nobody():
    code = ReferralCodeFactory(code="7K3M9QX2RT", customer__name="Alice", customer__email="alice@example.com")
    friend = CustomerFactory(merchant=code.merchant, name="Bob", email="bob@example.com")
    referrals = lock_referrals(merchant_id=code.merchant_id, referee_ids=[friend.pk])
    claim = Claim(1, friend.pk, code.code, NOON)
    assert join_referrals(merchant_id=code.merchant_id, claims=[claim], referrals=referrals, now=NOON) == {}
    write_referrals(merchant_id=code.merchant_id, referrals=referrals.values(), now=NOON)
    for minute, step in enumerate((qualify_referral, reward_referral, reverse_referral, qualify_referral), start=1):
        move(friend, step, NOON.replace(minute=minute))
    rows = Event.objects.filter(subject_type="referral").order_by("sequence")
    assert list(rows.values_list("sequence", "type")) == [
        (1, "referral.joined"),
        (2, "referral.completed"),
        (3, "referral.rewarded"),
        (4, "referral.reversed"),
        (5, "referral.completed"),
    ]
    assert {str(row.payload) for row in rows} == {str({"referee": friend.pk, "referrer": code.customer_id})}
