"""Who may join by a code under terms, and when."""

from datetime import timedelta

import pytest

from referrals.models import Referral
from referrals.services.attribution import join_referrals, lock_referrals
from referrals.services.claims import Claim
from referrals.services.codes import CodeTerms, add_code, issue_code
from referrals.services.steps import write_referrals
from tests.factories.referrals import NOON, CustomerFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def alice():
    return CustomerFactory(name="Alice")


@pytest.fixture
def friends(alice):
    return [CustomerFactory(merchant=alice.merchant, email=f"friend{n}@example.com") for n in range(4)]


def code_with(customer, **terms):
    return add_code(customer=customer, terms=CodeTerms(**terms), now=NOON - HOUR)


def bring(code, *friends, at=NOON):
    """Friends come with a code in one batch; the reasons of those who were refused, in their order."""
    claims = [Claim(friend.pk, friend.pk, getattr(code, "code", code), at) for friend in friends]
    merchant_id, ids = friends[0].merchant_id, [friend.pk for friend in friends]
    codes = {claim.code for claim in claims}
    referrals = lock_referrals(merchant_id=merchant_id, referee_ids=ids, claimed=codes)
    refused = join_referrals(merchant_id=merchant_id, claims=claims, referrals=referrals, now=NOON)
    write_referrals(merchant_id=merchant_id, referrals=referrals.values(), now=NOON)
    return [refused.get(friend.pk, "") for friend in friends]


@pytest.mark.parametrize(
    ("seconds", "reason"), [(-1, "not_started"), (0, ""), (3599, ""), (3600, "ended"), (7200, "ended")]
)
def test_a_window_is_half_open(alice, friends, seconds, reason):
    code = code_with(alice, starts_at=NOON, ends_at=NOON + HOUR)
    assert bring(code, friends[0], at=NOON + timedelta(seconds=seconds)) == [reason]


def test_as_many_friends_join_as_the_limit_says(alice, friends):
    code = code_with(alice, uses_max=2)

    assert bring(code, *friends[:3]) == ["", "", "used_up"]
    assert bring(code, friends[3]) == ["used_up"]
    code.refresh_from_db()
    assert code.uses == Referral.objects.count() == 2


def test_who_has_joined_uses_nothing_by_coming_again(alice, friends):
    code = code_with(alice, uses_max=2)

    assert [bring(code, friends[0]) for _ in range(3)] == [[""]] * 3
    assert bring(code, friends[1]) == [""]


def test_who_is_refused_uses_nothing(alice, friends):
    bring(issue_code(customer=CustomerFactory(merchant=alice.merchant), now=NOON), friends[0])
    code = code_with(alice, uses_max=1)

    assert bring(code, friends[0], alice, friends[1]) == ["already_referred", "own_code", ""]


def test_a_code_for_one_customer_is_for_nobody_else(alice, friends):
    code = code_with(alice, friend_id=friends[1].pk)
    assert bring(code, *friends[:2]) == ["not_for_you", ""]


def test_a_code_for_one_email_is_for_whoever_has_it(alice, friends):
    code = code_with(alice, friend_email=" Friend1@Example.com ")
    nobody = CustomerFactory(merchant=alice.merchant, email="", email_hash=None)

    assert bring(code, *friends[:2], nobody) == ["not_for_you", "", "not_for_you"]


def test_a_slip_is_told_from_a_code_that_nobody_has(alice, friends):
    code = issue_code(customer=alice, now=NOON).code
    slip = ("0" if code[0] != "0" else "1") + code[1:]

    assert bring(slip, friends[0]) == ["mistyped_code"]
    assert bring("NOBODYS", friends[0]) == ["unknown_code"]
