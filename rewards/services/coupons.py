"""Coupons: codes out of a pool, reserved for a purpose, then handed out (known to somebody from then on) or given back.

Call it inside the transaction that needs them, after the customer's account is locked and before stock is taken.
"""

import csv
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, Q

from config.lib.encryption import keyed_hash
from config.lib.errors import DomainError, Invalid
from referrals.services.events import NewEvent, record_events
from rewards.models.catalog import RewardOption
from rewards.models.coupons import Coupon, CouponPool, CouponState

IMPORTED_AT_ONCE = 1000
CODE_LENGTH_MAX = 200


class CodesInvalid(Invalid):
    """These are no codes: each is printable, and the first column of a CSV file in UTF-8."""

    code = "codes_invalid"


class NoCouponLeft(DomainError):
    """The pool has not as many codes."""

    code = "sold_out"


class CouponsHandedOut(DomainError):
    """These codes are known to somebody: they cannot be given back."""

    code = "coupons_handed_out"


def read_codes(file: bytes) -> list[str]:
    """Read codes, one a line; of a CSV file the first column counts.

    :raises CodesInvalid: if there is something else in it.
    """
    try:
        rows = list(csv.reader(file.decode("utf-8-sig").splitlines()))
    except (UnicodeDecodeError, csv.Error) as error:
        raise CodesInvalid(f"This is no CSV in UTF-8: {error}") from error
    codes = [code for row in rows if row and (code := row[0].strip())]
    if any(len(code) > CODE_LENGTH_MAX or not code.isprintable() for code in codes):
        raise CodesInvalid(f"A code is printable and has at most {CODE_LENGTH_MAX} characters.")
    return codes


def import_coupons(
    *, option: RewardOption, codes: Iterable[str], now: datetime, expires_at: datetime | None = None
) -> tuple[int, int]:
    """Put codes into the pool of an option, which is made if there is none; a code that is known is passed over.

    :param expires_at: the first moment at which the codes are worth nothing; None: never.
    :returns: how many were new, and how many were known.
    """
    wanted = {keyed_hash(code.encode()): code for code in map(str.strip, codes) if code}
    with transaction.atomic():
        CouponPool.objects.get_or_create(merchant_id=option.merchant_id, option=option)
        pool = CouponPool.objects.select_for_update().get(option=option)
        known = {
            bytes(each)
            for each in Coupon.objects.filter(merchant=option.merchant_id, code_hash__in=list(wanted)).values_list(
                "code_hash", flat=True
            )
        }
        new = [
            Coupon(
                merchant_id=option.merchant_id,
                pool=pool,
                code=code,
                code_hash=hashed,
                expires_at=expires_at,
                imported_at=now,
            )
            for hashed, code in wanted.items()
            if hashed not in known
        ]
        Coupon.objects.bulk_create(new, batch_size=IMPORTED_AT_ONCE)
        CouponPool.objects.filter(pk=pool.pk).update(free=F("free") + len(new))
    return len(new), len(wanted) - len(new)


def take_coupons(*, option: RewardOption, customer_id: int, quantity: int, key: str, now: datetime) -> list[Coupon]:
    """Reserve codes of an option's pool for a purpose; the same purpose again has the same codes.

    Whoever takes the pool down to its low mark tells so (`coupons.low`), in the same transaction.

    :param key: names the purpose within the merchant.
    :raises NoCouponLeft: if there are not as many.
    """
    known = coupons_of(merchant_id=option.merchant_id, key=key)
    if known:
        return known
    pool = _draw(option, quantity)
    alive = Q(expires_at__isnull=True) | Q(expires_at__gt=now)
    free = Coupon.objects.filter(alive, pool=pool, state=CouponState.FREE)
    chosen = list(free.order_by("expires_at", "pk").values_list("pk", flat=True)[:quantity])
    if len(chosen) < quantity:  # Some have expired, and the sweep has not come yet.
        raise NoCouponLeft
    Coupon.objects.filter(pk__in=chosen).update(
        state=CouponState.RESERVED, customer_id=customer_id, key=key, reserved_at=now
    )
    if pool.free <= pool.low_at < pool.free + quantity:
        event = NewEvent(
            "coupons.low", "coupon_pool", pool.pk, pool.event_sequence, {"option": option.code, "free": pool.free}
        )
        record_events(merchant_id=option.merchant_id, events=[event], now=now)
    return coupons_of(merchant_id=option.merchant_id, key=key)


def hand_out_coupons(*, merchant_id: int, key: str, now: datetime) -> list[Coupon]:
    """Hand out the codes that a purpose has reserved: from now on they are known; once more they are the same.

    :returns: with their codes, which may be shown to this customer only.
    """
    reserved = Coupon.objects.filter(merchant=merchant_id, key=key, state=CouponState.RESERVED)
    reserved.update(state=CouponState.HANDED_OUT, handed_out_at=now)
    return coupons_of(merchant_id=merchant_id, key=key)


def give_back_coupons(*, merchant_id: int, key: str) -> int:
    """Free the codes that a purpose has reserved; once more changes nothing.

    :returns: how many are free again.
    :raises CouponsHandedOut: if they are known to somebody.
    """
    taken = Coupon.objects.filter(merchant=merchant_id, key=key)
    if taken.filter(state=CouponState.HANDED_OUT).exists():
        raise CouponsHandedOut
    pool_id = taken.values_list("pool", flat=True).first()
    if pool_id is None:
        return 0
    CouponPool.objects.select_for_update().get(pk=pool_id)
    reserved = taken.filter(state=CouponState.RESERVED)
    freed = reserved.update(state=CouponState.FREE, customer=None, key="", reserved_at=None)
    CouponPool.objects.filter(pk=pool_id).update(free=F("free") + freed)
    return freed


def void_expired_coupons(*, now: datetime, limit: int = IMPORTED_AT_ONCE) -> int:
    """Take codes that are worth nothing any more out of their pools.

    :returns: how many there were; as many as `limit` means that there may be more.
    """
    dead = Coupon.objects.filter(state=CouponState.FREE, expires_at__lte=now)
    pool_id = dead.order_by("expires_at").values_list("pool", flat=True).first()
    if pool_id is None:
        return 0
    with transaction.atomic():
        CouponPool.objects.select_for_update().get(pk=pool_id)
        chosen = list(dead.filter(pool=pool_id).values_list("pk", flat=True)[:limit])
        voided = Coupon.objects.filter(pk__in=chosen).update(state=CouponState.VOID, voided_at=now)
        CouponPool.objects.filter(pk=pool_id).update(free=F("free") - voided)
    return voided


def coupons_of(*, merchant_id: int, key: str) -> list[Coupon]:
    """The codes of a purpose."""
    return list(Coupon.objects.filter(merchant=merchant_id, key=key).order_by("pk"))


def _draw(option: RewardOption, quantity: int) -> CouponPool:
    """Count codes out of a pool under the lock on its row; a number is taken for the event if it runs low by this."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE rewards_couponpool SET free = free - %(quantity)s,
                event_sequence = event_sequence
                    + (free - %(quantity)s <= low_at AND free > low_at)::int
            WHERE option_id = %(option)s AND free >= %(quantity)s
            """,
            {"quantity": quantity, "option": option.pk},
        )
        if not cursor.rowcount:
            raise NoCouponLeft
    return CouponPool.objects.get(option=option)
