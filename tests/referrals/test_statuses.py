"""The status of a referral in Redis: never older than PostgreSQL's, and never needed."""

import pytest
from django_redis import get_redis_connection

from config.lib.redis import away
from referrals.models import Referral
from referrals.services import statuses
from referrals.services.attribution import lock_referrals
from referrals.services.statuses import Move, NoReferral, mark_moves, read_status
from referrals.services.steps import qualify_referral, reverse_referral, write_referrals
from tests.factories.referrals import NOON, MerchantFactory, ReferralFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def referral():
    return ReferralFactory(event_sequence=1)


def read(referral):
    return read_status(merchant=referral.merchant, uuid=referral.uuid)


def key(referral):
    return f"referral:{referral.merchant_id}:{referral.uuid}"


def kept(referral):
    return get_redis_connection().get(key(referral))


def lasts(referral):
    return get_redis_connection().ttl(key(referral))


def move(referral, step):
    found = lock_referrals(merchant_id=referral.merchant_id, referee_ids=[referral.referee_id], settled_too=True)
    step(found[referral.referee_id], now=NOON)
    write_referrals(merchant_id=referral.merchant_id, referrals=found.values(), now=NOON)


def test_what_was_read_is_kept_for_a_while_and_answers_the_next(referral):
    assert read(referral) == "joined"
    assert kept(referral) == b"1 joined"
    assert 0 < lasts(referral) <= statuses.TRUSTED_SECONDS
    Referral.objects.update(status="reversed", qualified_at=NOON)
    assert read(referral) == "joined"


def test_a_move_is_seen_at_once(referral):
    for step, status in ((qualify_referral, "qualified"), (reverse_referral, "reversed")):
        read(referral)
        move(referral, step)
        assert lasts(referral) > statuses.TRUSTED_SECONDS
        assert read(referral) == status
        assert kept(referral).endswith(status.encode())


def test_while_a_move_is_not_committed_nothing_older_takes_the_place_of_its_mark(referral):
    read(referral)
    mark_moves(merchant_id=referral.merchant_id, moves=[Move(referral.uuid, 2)])
    assert read(referral) == "joined"
    assert kept(referral) == b"2 "


def test_a_reader_who_was_slow_puts_nothing_old_over_anything_newer(referral):
    looked_at, _ = statuses._look(key(referral))
    move(referral, qualify_referral)
    statuses._fill(key(referral), 1, "joined", looked_at)
    assert read(referral) == "qualified"
    statuses._fill(key(referral), 1, "joined", looked_at)
    assert read(referral) == "qualified"


def test_a_reader_who_looked_too_long_ago_to_know_of_every_move_puts_nothing_there(referral):
    looked_at, _ = statuses._look(key(referral))
    statuses._fill(key(referral), 1, "joined", looked_at - statuses.TRUSTED_SECONDS * 1_000_000)
    assert kept(referral) is None


@pytest.mark.parametrize("strange", [b"", b"joined", b"9 gone", b"1 \xff", b"x" * 1000])
def test_whatever_else_is_in_its_place_is_not_believed(referral, strange):
    get_redis_connection().set(key(referral), strange)
    assert read(referral) == "joined"


def test_something_else_than_text_is_not_believed_either(referral):
    get_redis_connection().hset(key(referral), "status", "rewarded")
    assert read(referral) == "joined"
    move(referral, qualify_referral)
    assert read(referral) == "qualified"


def test_without_redis_postgresql_answers(referral):
    away.is_open = True
    try:
        assert read(referral) == "joined"
        move(referral, qualify_referral)
        assert read(referral) == "qualified"
    finally:
        away.close()


def test_another_merchants_referral_is_absent_even_if_it_is_kept(referral):
    read(referral)
    with pytest.raises(NoReferral):
        read_status(merchant=MerchantFactory(), uuid=referral.uuid)
