"""Referral codes: how they look, what people may type for them, and that none is ever used twice."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.models import ReferralCode
from referrals.services.codes import ALPHABET, check_character, issue_code, issue_codes, normalise_code, retire_code
from tests.factories.referrals import NOON, CustomerFactory, ReferralCodeFactory

PAYLOADS = st.text(ALPHABET, min_size=10, max_size=10)


def is_good(code):
    return check_character(code[:-1]) == code[-1]


@pytest.mark.django_db
def test_a_code_is_eleven_characters_that_are_not_mistaken_for_each_other():
    code = issue_code(customer=CustomerFactory(), now=NOON).code
    assert len(code) == 11
    assert set(code) <= set(ALPHABET)
    assert not set(ALPHABET) & set("ILOU")
    assert is_good(code)


@pytest.mark.django_db
def test_a_customer_has_one_live_code():
    customer = CustomerFactory()
    first = issue_code(customer=customer, now=NOON)
    assert issue_code(customer=customer, now=NOON).pk == first.pk


@pytest.mark.django_db
def test_a_retired_code_is_followed_by_another_and_never_used_again():
    customer = CustomerFactory()
    first = issue_code(customer=customer, now=NOON)
    retire_code(code=first, now=NOON)
    second = issue_code(customer=customer, now=NOON)
    assert second.code != first.code
    assert set(ReferralCode.objects.values_list("code", "retired_at")) == {(first.code, NOON), (second.code, None)}


@pytest.mark.django_db
def test_a_code_that_is_taken_is_not_given_to_anybody_else(monkeypatch):
    taken = ReferralCodeFactory(code="TAKEN00000")
    retire_code(code=taken, now=NOON)
    codes = iter(["TAKEN00000", "FREE000000"])
    monkeypatch.setattr("referrals.services.codes.new_code", lambda: next(codes))
    assert issue_code(customer=CustomerFactory(), now=NOON).code == "FREE000000"


@pytest.mark.django_db
def test_codes_are_issued_to_many_at_once():
    merchant = CustomerFactory().merchant
    customers = [CustomerFactory(merchant=merchant) for _ in range(20)]
    known = issue_code(customer=customers[0], now=NOON)
    codes = issue_codes(merchant_id=merchant.pk, customer_ids=[customer.pk for customer in customers], now=NOON)
    assert codes.keys() == {customer.pk for customer in customers}
    assert codes[customers[0].pk].code == known.code
    assert len({code.code for code in codes.values()}) == 20


@pytest.mark.django_db
def test_retiring_again_keeps_the_first_date():
    code = ReferralCodeFactory()
    retire_code(code=code, now=NOON)
    retire_code(code=code, now=NOON.replace(year=2027))
    code.refresh_from_db()
    assert code.retired_at == NOON


@pytest.mark.parametrize(
    "typed",
    ["7K3M9QX2RT0", "7k3m9qx2rt0", " 7K3M-9QX2-RT0 ", "7K3M 9QX2 RTO", "7k3m9qx2rto"],
)
def test_case_hyphens_spaces_and_look_alikes_do_not_matter(typed):
    assert normalise_code(typed) == "7K3M9QX2RT0"


@pytest.mark.parametrize(("typed", "read"), [("O", "0"), ("o", "0"), ("I", "1"), ("i", "1"), ("L", "1"), ("l", "1")])
def test_a_look_alike_is_read_as_the_digit(typed, read):
    assert normalise_code(typed) == read


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_as_something_of_bounded_length_and_reading_it_again_changes_nothing(typed):
    read = normalise_code(typed)
    assert len(read) <= 32
    assert normalise_code(read) == read


@given(PAYLOADS)
def test_every_slip_of_a_single_character_is_noticed(payload):
    code = payload + check_character(payload)
    slips = [
        code[:place] + other + code[place + 1 :]
        for place in range(len(code))
        for other in ALPHABET
        if other != code[place]
    ]
    assert not any(is_good(slip) for slip in slips)


def test_all_transpositions_of_neighbours_are_noticed_except_that_of_the_first_and_last_characters():
    chance = random.Random(7)
    missed = set()
    for _ in range(2000):
        payload = "".join(chance.choices(ALPHABET, k=10))
        code = payload + check_character(payload)
        for place, (left, right) in enumerate(pairwise(code)):
            swapped = code[:place] + right + left + code[place + 2 :]
            if left != right and is_good(swapped):
                missed.add(frozenset((left, right)))
    assert missed <= {frozenset((ALPHABET[0], ALPHABET[-1]))}
