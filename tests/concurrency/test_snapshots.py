"""Snapshots of credits are the truth or are not used, whoever writes, reads, dies or forgets at the same time."""

from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from threading import Event

import msgspec
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django_redis import get_redis_connection

from config.lib import snapshots
from config.lib.redis import away
from config.lib.snapshots import TRUSTED_SECONDS, microseconds
from credits.selectors.epochs import forget_epoch, snapshot_epoch
from credits.selectors.terms import default_wallet_terms
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from referrals.models import Customer
from rewards.services.checkout import credits_at_checkout, refill_snapshots
from tests.concurrency.together import at_once

pytestmark = pytest.mark.django_db(transaction=True)
numbers = count()


@pytest.fixture
def bob(shop):
    """A customer with a hundred points and a snapshot."""
    shop.enrol("bob")
    earn(shop, 100)
    refill_snapshots(now=timezone.now())
    assert kept(shop).body
    return "bob"


def earn(shop, points, *, dies=False, **lot):
    """Post points, each time for another cause; a writer that dies does so before it commits."""
    customer = Customer.objects.get(external_id="bob")
    now = timezone.now()
    with transaction.atomic():
        book = open_book(terms=default_wallet_terms(merchant=shop.merchant), customer_ids=[customer.pk], now=now)
        cause = Cause(f"test:{next(numbers)}", "test", 1, None, None, "test", {}, now)
        book.earn(customer.pk, points, cause, **lot)
        book.write()
        transaction.set_rollback(dies)


def read(shop, reference="bob", now=None):
    return msgspec.json.decode(
        credits_at_checkout(merchant_id=shop.merchant.pk, reference=reference, now=now or timezone.now())
    )


def look(shop, reference="bob"):
    return snapshots.look(merchant_id=shop.merchant.pk, reference=reference)


def kept(shop):
    return look(shop).snapshot


def is_trusted(shop):
    return look(shop).is_the_truth(microseconds(timezone.now()), snapshot_epoch())


def test_a_snapshot_answers_without_postgresql_until_somebody_writes(shop, bob):
    assert is_trusted(shop)
    read(shop)
    earn(shop, 5)
    assert not is_trusted(shop)
    assert read(shop)["available"] == 105
    assert is_trusted(shop), "the read has put its snapshot there"


def test_while_a_writer_is_between_mark_and_commit_nobody_takes_its_mark_away(shop, bob):
    marked, go_on = Event(), Event()

    def write():
        customer = Customer.objects.get(external_id="bob")
        with transaction.atomic():
            book = open_book(
                terms=default_wallet_terms(merchant=shop.merchant), customer_ids=[customer.pk], now=timezone.now()
            )
            cause = Cause("test:slow", "test", 1, None, None, "test", {}, timezone.now())
            book.earn(customer.pk, 5, cause)
            book.write()
            marked.set()
            assert go_on.wait(20)

    def watch():
        try:
            assert marked.wait(20)
            assert read(shop)["available"] == 100
            refill_snapshots(now=timezone.now())
            assert not is_trusted(shop)
        finally:
            go_on.set()

    at_once(write, watch)
    assert not is_trusted(shop), "the mark has outlived its writer"
    assert read(shop)["available"] == 105
    assert is_trusted(shop)


def test_the_mark_of_a_writer_that_died_goes_with_the_next_read(shop, bob):
    earn(shop, 5, dies=True)
    assert not is_trusted(shop)
    assert read(shop)["available"] == 100
    assert is_trusted(shop)


def test_a_reader_that_stopped_between_reading_and_filling_puts_nothing_old_over_the_new(shop, bob):
    early = look(shop)
    earn(shop, 5)
    late = look(shop)
    refill_snapshots(now=timezone.now())
    for seen in (early, late):
        old = kept(shop)._replace(looked_at=seen.at, body=b'{"old":true}')
        snapshots.fill(merchant_id=shop.merchant.pk, filling={"bob": (old, seen.mark)})
        assert read(shop)["available"] == 105


def test_a_reader_that_stopped_does_not_clear_the_mark_of_a_later_writer(shop, bob):
    earn(shop, 5)
    seen = look(shop)
    earn(shop, 5)
    old = kept(shop)._replace(looked_at=seen.at)
    snapshots.fill(merchant_id=shop.merchant.pk, filling={"bob": (old, seen.mark)})
    assert not is_trusted(shop)
    assert read(shop)["available"] == 110


@pytest.mark.parametrize(("epoch", "lasts"), [("of-then", 60), ("of-now", 5), ("", 5)])
def test_a_snapshot_is_trusted_for_a_minute_of_its_epoch_and_else_for_five_seconds(shop, bob, epoch, lasts):
    seen = look(shop)
    seen = seen._replace(snapshot=kept(shop)._replace(epoch="of-then"), at=kept(shop).looked_at)
    for age, is_trusted_then in ((lasts - 0.001, True), (lasts, False)):
        later = seen._replace(at=seen.at + int(age * 1_000_000))
        assert later.is_the_truth(microseconds(timezone.now()), epoch) is is_trusted_then
    assert TRUSTED_SECONDS <= 5


def test_a_write_that_could_not_mark_ends_the_epoch_with_its_commit(shop, bob):
    before = snapshot_epoch()
    with without_redis():
        earn(shop, 5, dies=True)
        forget_epoch()
    assert snapshot_epoch() == before == kept(shop).epoch
    with without_redis():
        earn(shop, 5)
    forget_epoch()
    assert snapshot_epoch() != before
    later = look(shop)._replace(at=kept(shop).looked_at + TRUSTED_SECONDS * 1_000_000)
    assert not later.is_the_truth(microseconds(timezone.now()), snapshot_epoch())


def test_another_redis_is_another_epoch_and_without_redis_there_is_none(shop, bob):
    run = get_redis_connection().info("server")["run_id"]
    assert snapshot_epoch().startswith(f"{run}.")
    with without_redis():
        forget_epoch()
        assert snapshot_epoch() == ""
    forget_epoch()


@contextmanager
def without_redis():
    """This process finds Redis away."""
    away.is_open = True
    try:
        yield
    finally:
        away.close()


def test_points_that_expire_are_not_shown_a_moment_longer(shop, bob):
    end = timezone.now() + timedelta(hours=1)
    earn(shop, 5, expires_at=end)
    refill_snapshots(now=timezone.now())
    assert is_trusted(shop)
    assert read(shop, now=end - timedelta(microseconds=1))["available"] == 105
    assert read(shop, now=end)["available"] == 100


@pytest.mark.parametrize("garbage", [b"", b"\x80\x04garbage", b"x" * 16 + b"1 1 1 9999999999999999\n{}", [b"a list"]])
def test_garbage_under_every_key_is_a_miss(shop, bob, garbage):
    redis = get_redis_connection()
    earn(shop, 5, dies=True)
    for key in sorted(redis.keys(f"{settings.CACHES['default']['KEY_PREFIX']}*")):
        redis.delete(key)
        redis.rpush(key, *garbage) if isinstance(garbage, list) else redis.set(key, garbage)
        refill_snapshots(now=timezone.now())
        assert read(shop)["available"] == 100
    earn(shop, 5)
    assert read(shop)["available"] == 105
    refill_snapshots(now=timezone.now())
    assert read(shop)["available"] == 105


def test_a_snapshot_under_somebody_elses_key_is_a_miss(shop, bob):
    shop.enrol("mallory")
    redis, name = get_redis_connection(), f"credits:{{{shop.merchant.pk}}}"
    redis.copy(cache.make_key(f"{name}:bob"), cache.make_key(f"{name}:mallory"), replace=True)
    assert read(shop, "mallory")["customer"] == "mallory"


def test_our_id_of_a_customer_names_another_one_as_soon_as_the_merchant_gives_it_away(shop, bob):
    uuid = str(Customer.objects.get(external_id="bob").uuid)
    assert read(shop, uuid)["customer"] == "bob"
    shop.enrol(uuid)
    assert read(shop, uuid)["customer"] == uuid


def test_whoever_writes_reads_it_at_once_while_others_read_and_refill(shop, bob):
    over = Event()

    def write_and_read():
        try:
            for written in range(1, 201):
                earn(shop, 1)
                assert read(shop)["available"] == 100 + written
        finally:
            over.set()

    def read_all_the_time():
        last = 0
        while not over.is_set():
            found = read(shop)["available"]
            assert found >= last
            last = found

    def refill_all_the_time():
        while not over.is_set():
            refill_snapshots(now=timezone.now())

    at_once(write_and_read, read_all_the_time, read_all_the_time, refill_all_the_time)
