"""What stands out about a friend and a referrer, one kind at a time."""

from datetime import timedelta

import pytest

from config.lib.mailboxes import mailbox_of
from referrals.models import RiskSignal, TraceKind
from referrals.services.coupon_sites import coupon_site_of
from referrals.services.risk import COUPON_CLICKS, FRIENDS_A_DAY, NEWCOMERS_A_DAY, notice
from referrals.services.traces import Presence, Trace, record_traces
from tests.factories.referrals import (
    NOON,
    ClickFactory,
    CustomerFactory,
    PurchaseFactory,
    ReferralFactory,
    ShareLinkFactory,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def pair():
    """Two people who have nothing in common."""
    return ReferralFactory(
        referral_link__customer__name="Alice Archer",
        referral_link__customer__email="alice.archer@example.com",
        referee__name="Bob Baker",
        referee__email="bob.baker@example.org",
    )


def noticed(referral, now=NOON):
    return notice(merchant=referral.merchant, pairs=[referral], now=now).get(referral.pk, {})


def change(customer, **told):
    type(customer).objects.filter(pk=customer.pk).update(**told)


def comes(customer, presence, now=NOON):
    record_traces(merchant_id=customer.merchant_id, traces=presence.traces_of(customer.pk), now=now)


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ("Alice.Archer+shop@GMail.com", "alicearcher@gmail.com"),
        ("alice.archer@googlemail.com", "alicearcher@gmail.com"),
        ("alice+a+b@example.com", "alice@example.com"),
        ("ALICE@EXAMPLE.COM ", "alice@example.com"),
        ("al.ice-1@protonmail.com", "alice1@proton.me"),
        ("alice-shop@yahoo.com", "alice@yahoo.com"),
        ("alice@me.com", "alice@icloud.com"),
    ],
)
def test_spellings_of_one_mailbox_are_one(one, same):
    assert mailbox_of(one) == mailbox_of(same) == same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.lice@example.com", "alice@example.com"),
        ("alice-b@example.com", "alice@example.com"),
        ("alice@gmail.com", "alice@gmail.co"),
        ("+alice@example.com", "+bob@example.com"),
    ],
)
def test_spellings_of_two_mailboxes_are_two(one, other):
    assert mailbox_of(one) != mailbox_of(other)


def test_nothing_stands_out_about_two_who_have_nothing_in_common(pair):
    assert noticed(pair) == {}
    assert not RiskSignal.objects.exists()


@pytest.mark.parametrize(
    ("told", "signals"),
    [
        ({"name": "archer ALICE"}, {"same_name": 40}),
        ({"name": "Alize Archer"}, {"similar_name": 25}),
        ({"name": "Ben Archer"}, {}),
        ({"email": "alice_archer7@example.org"}, {"similar_email": 25}),
        ({"email": "bob@mailinator.com"}, {"disposable_email": 50}),
        ({"name": "Alize Archer", "email": "alize.archer@example.org"}, {"similar_name": 0, "similar_email": 25}),
    ],
)
def test_names_and_addresses_that_are_alike(pair, told, signals):
    change(pair.referee, **told)
    assert noticed(pair) == signals


@pytest.mark.parametrize(
    ("shared", "at_home", "elsewhere"),
    [
        (Presence(address="192.0.2.1"), {"same_address": 0}, {"same_address": 10}),
        (
            Presence(address="192.0.2.1", agent="Firefox"),
            {"same_address": 0, "same_browser": 20},
            {"same_address": 10, "same_browser": 40},
        ),
        (Presence(device="tablet"), {"same_device": 30}, {"same_device": 60}),
    ],
)
def test_what_a_household_shares_counts_less_where_families_are_welcome(pair, shared, at_home, elsewhere):
    comes(pair.referrer, shared)
    comes(pair.referee, shared)
    assert noticed(pair) == at_home
    pair.merchant.allows_households = False
    assert noticed(pair) == elsewhere


@pytest.mark.parametrize(("more", "signals"), [(-1, {}), (0, {"burst": 50})])
def test_many_friends_in_a_day_are_a_burst(pair, more, signals):
    for _ in range(FRIENDS_A_DAY + more):
        ReferralFactory(
            referral_link=pair.referral_link,
            referee__email="c@example.net",
            referee__merchant=pair.merchant,
            claimed_at=NOON - HOUR,
        )
    assert noticed(pair) == signals
    assert noticed(pair, NOON + 24 * HOUR) == {}


@pytest.mark.parametrize(("others", "signals"), [(NEWCOMERS_A_DAY - 1, {}), (NEWCOMERS_A_DAY, {"crowd": 50})])
def test_many_newcomers_by_one_device_are_a_crowd(pair, others, signals):
    for newcomer in (pair.referee, *(CustomerFactory(merchant=pair.merchant) for _ in range(others))):
        comes(newcomer, Presence(device="tablet"))
    assert noticed(pair) == signals


@pytest.mark.parametrize(("clicks", "signals"), [(COUPON_CLICKS - 1, {}), (COUPON_CLICKS, {"coupon_site": 50})])
def test_a_code_on_a_coupon_site(pair, clicks, signals):
    link = ShareLinkFactory(code=pair.referral_link)
    for _ in range(clicks):
        ClickFactory(link=link, coupon_site=coupon_site_of("https://www.retailmenot.com/view/shop"))
    ClickFactory(link=link, coupon_site=coupon_site_of("https://news.example.com/retailmenot.com"))
    assert noticed(pair) == signals


def test_a_card_of_another_customer_is_noticed_and_one_of_the_referrers_is_proof(pair):
    other = PurchaseFactory(customer__merchant=pair.merchant).customer
    for customer in (pair.referee, other):
        pay(customer)
    assert noticed(pair) == {"known_customer": 60}
    pay(pair.referrer)
    assert noticed(pair)["same_payment"] == 100


def pay(customer):
    record_traces(merchant_id=customer.merchant_id, traces=[Trace(customer.pk, TraceKind.PAYMENT, "card")], now=NOON)


def test_what_was_noticed_is_on_record_once_without_what_was_compared(pair):
    change(pair.referee, name="Alice Archer")
    for _ in range(2):
        noticed(pair)
    assert RiskSignal.objects.values_list("kind", "score", "blocks", "evidence").get() == (
        "same_name", 40, False, {"count": 1},
    )  # fmt: skip
