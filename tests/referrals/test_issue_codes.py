"""Codes for many customers at once."""

import pytest

from referrals.models import ReferralCode
from referrals.services.codes import check_character, issue_code, issue_codes, retire_code
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    merchant = MerchantFactory()
    return [CustomerFactory(merchant=merchant) for _ in range(3)]


def issue(people):
    ids = [person.pk for person in people]
    return issue_codes(merchant_id=people[0].merchant_id, customer_ids=ids, now=NOON)


def test_everybody_gets_a_code_of_their_own(people):
    codes = issue(people)
    assert codes.keys() == {person.pk for person in people}
    assert len({code.code for code in codes.values()}) == 3
    assert all(code.code[-1] == check_character(code.code[:-1]) for code in codes.values())


def test_whoever_has_a_code_keeps_it(people):
    mine = issue_code(customer=people[0], now=NOON)
    assert issue(people)[people[0].pk] == mine
    assert issue(people) == issue(people)
    assert ReferralCode.objects.count() == 3


def test_a_retired_code_is_followed_by_another(people):
    old = issue(people)[people[0].pk]
    retire_code(code=old, now=NOON)
    assert issue(people)[people[0].pk].code != old.code
