"""A customer's credits for checkouts: right while PostgreSQL is there, and the last that is known while it is not.

The protocol of the snapshots, and what it promises, is in `config/lib/snapshots.py`.
"""

from datetime import datetime

import msgspec
from django.db import InterfaceError, OperationalError

from config.lib import snapshots
from config.lib.snapshots import FOR_EVER, NEVER, Look, Snapshot, microseconds, moment_of
from credits.selectors.epochs import snapshot_epoch
from referrals.models.merchants import Merchant
from referrals.selectors import alias_of
from rewards.selectors.credits import Credits, credits_of, credits_of_many

REFILLED_AT_ONCE = 500
DATABASE_AWAY = (OperationalError, InterfaceError)


def credits_at_checkout(*, merchant_id: int, reference: str, now: datetime) -> bytes | None:
    """A customer's credits as JSON, or None if the merchant has no such customer.

    While PostgreSQL is away it is the last snapshot, with `stale` true and the moment when it was right. A stale
    answer may price a cart; it never authorises a debit.

    :param reference: the merchant's id of the customer, or of one for whom they go on, or ours.
    :raises OperationalError: if PostgreSQL is away and there is no snapshot.
    """
    epoch = snapshot_epoch()
    look = snapshots.look(merchant_id=merchant_id, reference=reference)
    kept = look.snapshot if look is not None else None
    if look is not None and kept is not None and look.is_the_truth(microseconds(now), epoch):
        return _answer(kept.body, now, is_stale=False)
    mark = look.mark if look is not None else None
    try:
        found = credits_of(merchant_id=merchant_id, reference=reference, now=now, mark=mark)
    except DATABASE_AWAY:
        if kept is None:
            raise
        return _answer(kept.body, moment_of(kept.as_of), is_stale=True)
    if found is None:
        goes_on = alias_of(merchant_id=merchant_id, reference=reference)
        return credits_at_checkout(merchant_id=merchant_id, reference=goes_on, now=now) if goes_on else None
    body = _render(found)
    if look is not None:
        _keep(merchant_id, reference, _snapshot(found, body, look.at, now, epoch), found, look)
    return _answer(body, now, is_stale=False)


def refill_snapshots(*, now: datetime, limit: int = REFILLED_AT_ONCE) -> int:
    """Make new snapshots for customers whose credits have changed, of each merchant at most `limit`.

    :returns: how many there were; some of them may still be changing, and are left for another time.
    """
    refilled = 0
    epoch = snapshot_epoch()
    for merchant_id in Merchant.objects.order_by("id").values_list("id", flat=True):
        at, marks = snapshots.marked(merchant_id=merchant_id, limit=limit)
        if not marks:
            continue
        found = credits_of_many(merchant_id=merchant_id, marks=marks, now=now)
        filling = {}
        for each in found:
            if each.mark_ended is not False:
                filling[each.public_id] = _snapshot(each, _render(each), at, now, epoch), marks[each.customer_id]
        snapshots.fill(merchant_id=merchant_id, filling=filling)
        refilled += len(filling)
    return refilled


def _keep(merchant_id: int, reference: str, snapshot: Snapshot, found: Credits, look: Look) -> None:
    if look.mark is not None and not found.mark_ended:
        return
    filling = {found.public_id: (snapshot, look.mark)}
    if reference != found.public_id:
        filling[reference] = snapshot._replace(exact_until=NEVER), look.mark
    snapshots.fill(merchant_id=merchant_id, filling=filling)


def _snapshot(found: Credits, body: bytes, looked_at: int, now: datetime, epoch: str) -> Snapshot:
    """A snapshot of what was found.

    Under our id of a customer it is for times without PostgreSQL only: the merchant may give this very id to another
    customer at any moment, and then it is that one's.
    """
    exact_until = FOR_EVER if found.exact_until is None else microseconds(found.exact_until)
    if found.external_id is None:
        exact_until = NEVER
    return Snapshot(found.customer_id, looked_at, microseconds(now), exact_until, epoch, body)


def _render(found: Credits) -> bytes:
    return msgspec.json.encode(found.as_told())


def _answer(body: bytes, as_of: datetime, *, is_stale: bool) -> bytes:
    return body[:-1] + b"," + msgspec.json.encode({"as_of": as_of, "stale": is_stale})[1:]
