"""A person gives or takes points; above the limit a second person decides."""

from datetime import timedelta

import pytest

from config.lib.idempotency import KeyReused
from config.lib.ids import uuid7
from credits.models import Adjustment, Entry
from credits.services.adjusting import (
    AlreadyDecided,
    SecondPersonNeeded,
    ask_adjustment,
    decide_adjustment,
)
from credits.services.drawing import InsufficientPoints
from tests.factories.referrals import NOON, UserFactory


@pytest.fixture
def limited(new_ledger):
    """A ledger with 100 points, where one person may give or take 50."""
    ledger = new_ledger(adjustment_max=50)
    ledger.earn(100)
    return ledger


def ask(ledger, points, by, **key):
    return ask_adjustment(
        merchant=ledger.merchant,
        customer_id=ledger.customer.pk,
        points=points,
        reason="Sorry",
        asked_by=by,
        now=NOON,
        **key,
    )


def decide(adjustment, by, *, is_granted=True, now=NOON):
    return decide_adjustment(adjustment_id=adjustment.pk, decided_by=by, is_granted=is_granted, now=now)


@pytest.mark.parametrize("points", [50, -50])
def test_up_to_the_limit_one_person_is_enough(limited, points):
    adjustment = ask(limited, points, UserFactory())
    assert (adjustment.state, adjustment.entry.points, adjustment.entry.kind) == ("posted", points, "adjusted")
    assert limited.sums == {"available": 100 + points}


@pytest.mark.parametrize("points", [51, -51])
def test_above_it_nothing_moves_until_another_person_agrees(limited, points):
    anna, ben = UserFactory(), UserFactory()
    adjustment = ask(limited, points, anna)
    assert (adjustment.state, limited.sums) == ("waiting", {"available": 100})
    with pytest.raises(SecondPersonNeeded):
        decide(adjustment, anna)
    decide(adjustment, ben)
    assert limited.sums == {"available": 100 + points}
    with pytest.raises(AlreadyDecided):
        decide(adjustment, ben)


def test_what_staff_give_can_be_spent_at_once_and_lapses_as_from_the_day_it_is_given(new_ledger):
    ledger = new_ledger(adjustment_max=50, pending_days=14, expiry_months=1)
    adjustment = ask(ledger, 100, UserFactory())
    ledger.latest = granted_at = NOON + timedelta(days=40)
    decide(adjustment, UserFactory(), now=granted_at)
    assert ledger.read(granted_at)[:2] == (100, 0)


def test_what_is_refused_moves_nothing(limited):
    adjustment = ask(limited, 51, UserFactory())
    assert decide(adjustment, UserFactory(), is_granted=False).state == "refused"
    assert limited.sums == {"available": 100}


def test_more_than_there_is_cannot_be_taken(limited, new_ledger):
    with pytest.raises(InsufficientPoints):
        ask(new_ledger(adjustment_max=50), -1, UserFactory())
    adjustment = ask(limited, -101, UserFactory())
    with pytest.raises(InsufficientPoints):
        decide(adjustment, UserFactory())
    assert Adjustment.objects.get(pk=adjustment.pk).state == "waiting"


def test_an_entry_names_the_adjustment_and_keeps_none_of_its_words(limited):
    adjustment = ask(limited, 10, UserFactory())
    entry = Entry.objects.get(kind="adjusted")
    assert (entry.source_type, entry.source_id, entry.actor) == ("adjustment", adjustment.pk, "staff")
    assert "Sorry" not in str(vars(entry))


@pytest.mark.parametrize("points", [50, 51])
def test_asking_again_under_the_same_key_changes_nothing(limited, points):
    anna, key = UserFactory(), uuid7()
    first = ask(limited, points, anna, key=key)
    assert ask(limited, points, anna, key=key) == first
    assert Adjustment.objects.count() == 1
    for otherwise in ({"points": 1, "by": anna}, {"points": points, "by": UserFactory()}):
        with pytest.raises(KeyReused):
            ask(limited, **otherwise, key=key)
