"""Codes that somebody chose, and codes under terms."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referrals.models import ReferralCode
from referrals.services.codes import (
    ALPHABET,
    CodeNotAllowed,
    CodeTaken,
    CodeTerms,
    add_code,
    check_character,
    choose_code,
    is_slip,
    issue_code,
    normalise_code,
    replace_code,
    retire_code,
)
from tests.factories.referrals import NOON, CustomerFactory

DAY = timedelta(days=1)


@pytest.fixture
def alice(db):
    return CustomerFactory()


def choose(customer, wanted):
    return choose_code(customer=customer, wanted=wanted, now=NOON)


def add(customer, wanted="", **terms):
    return add_code(customer=customer, terms=CodeTerms(**terms), wanted=wanted, now=NOON)


@pytest.mark.parametrize("typed", ["oliver", "OLIVER", "01iver", " O-LIVER "])
def test_a_chosen_code_is_found_however_it_is_typed_and_shown_as_it_was_chosen(alice, typed):
    code = choose(alice, "Oliver")

    assert ReferralCode.objects.get(code=normalise_code(typed)) == code
    assert str(code) == "OLIVER"


def test_a_chosen_code_becomes_the_main_one_and_the_one_before_goes_on_working(alice):
    before = issue_code(customer=alice, now=NOON)
    chosen = choose(alice, "ALICE")

    assert issue_code(customer=alice, now=NOON) == chosen
    before.refresh_from_db()
    assert (before.is_main, before.retired_at) == (False, None)


def test_the_same_choice_again_changes_nothing_and_an_earlier_one_comes_back(alice):
    first = choose(alice, "ALICE")
    choose(alice, "ALICE2026")

    assert choose(alice, "alice") == choose(alice, "ALICE") == first == issue_code(customer=alice, now=NOON)
    assert alice.codes.count() == 2


def test_nobody_gets_a_code_that_reads_like_that_of_another(alice):
    choose(alice, "OLIVER")
    with pytest.raises(CodeTaken):
        choose(CustomerFactory(), "0L1VER")


def test_a_retired_choice_is_never_free_again(alice):
    retire_code(code=choose(alice, "ALICE"), now=NOON)
    for customer in (alice, CustomerFactory(merchant=alice.merchant)):
        with pytest.raises(CodeTaken):
            choose(customer, "ALICE")


@pytest.mark.parametrize(
    "wanted", ["SUPPORT", "5upp0rt", "FUCKYOU", "sh1tcode", "ABC", "A" * 33, "ÄPFEL", "ELEVENCHARS"]
)
def test_words_that_mislead_or_offend_and_forms_that_are_not_a_code_cannot_be_chosen(alice, wanted):
    with pytest.raises(CodeNotAllowed):
        choose(alice, wanted)


@pytest.mark.parametrize("wanted", ["SUPPORTERS", "HELPFUL", "SUNSHINE", "MAMA2026"])
def test_other_words_can_be_chosen(alice, wanted):
    assert str(choose(alice, wanted)) == wanted


def test_a_code_under_terms_stands_beside_the_main_one(alice):
    main = issue_code(customer=alice, now=NOON)
    further = [add(alice, uses_max=5), add(alice, starts_at=NOON, ends_at=NOON + DAY)]

    assert issue_code(customer=alice, now=NOON) == main
    assert len({main, *further}) == 3


def test_a_named_code_is_added_once_and_not_under_other_terms(alice):
    spring = add(alice, "SPRING", uses_max=5, friend_email="bob@example.com")

    assert add(alice, "spring", uses_max=5, friend_email="Bob@example.com") == spring
    for terms in ({"uses_max": 6}, {"uses_max": 5}):
        with pytest.raises(CodeTaken):
            add(alice, "SPRING", **terms)
    with pytest.raises(CodeTaken):
        choose(alice, "SPRING")


def test_a_main_code_is_replaced_by_another(alice):
    old = issue_code(customer=alice, now=NOON)
    new = replace_code(customer=alice, now=NOON)
    old.refresh_from_db()

    assert old.retired_at == NOON
    assert issue_code(customer=alice, now=NOON) == new != old


@given(st.text(ALPHABET, min_size=10, max_size=10), st.integers(0, 10), st.sampled_from(ALPHABET))
def test_a_generated_code_is_no_slip_and_with_another_character_it_is(payload, place, other):
    code = payload + check_character(payload)
    slip = code[:place] + other + code[place + 1 :]

    assert not is_slip(code)
    assert is_slip(slip) == (slip != code)
    assert is_slip(code[:place] + "U" + code[place + 1 :])


@pytest.mark.parametrize("chosen", ["ALICE", "TENLETTERS", "TWELVELETTER"])
def test_a_code_of_another_length_is_never_taken_for_a_slip(chosen):
    assert not is_slip(normalise_code(chosen))
