"""What a refund gives back of what a purchase was paid with, beside money: points, and what was used for it.

Points come back in proportion to the money that is paid back, rounded down, and all of them with the last of it; each
refund gives the difference, so parts in any order give exactly what was paid. Grants, and options that no code was
handed out for, come back when nothing is left of the purchase.
"""

from datetime import datetime

from credits.models.entries import Entry
from credits.services.book import Book
from credits.services.ledger_rows import Cause
from credits.services.spending import restore
from referrals.models.purchases import Purchase
from rewards.models.catalog import RewardOption
from rewards.models.grants import Grant
from rewards.models.sessions import PurchaseSession
from rewards.services.evaluation.caused import Undone
from rewards.services.grants import restore_grants
from rewards.services.stock import give_back_stock

REFUNDED = "session.refunded"


def undo_session(
    *, book: Book, purchase: Purchase, before: Undone, after: Undone, cause_key: str, now: datetime
) -> None:
    """Give back what goes with this very refund; nothing if the purchase was not made in a session.

    :param cause_key: names the refund.
    """
    session = PurchaseSession.objects.filter(purchase=purchase).first()
    if session is None or before.is_whole:
        return
    returnable = _returnable_options(session) if after.is_whole else {}
    points = _paid_back(session, after) - _paid_back(session, before) + sum(returnable.values())
    if points:
        spent = Entry.objects.get(merchant=session.merchant_id, key=f"capture:{session.key}")
        cause = Cause(
            f"restore:{cause_key}", "", 0, None, None, REFUNDED, {"reference": purchase.order_id}, purchase.occurred_at
        )
        restore(book=book, customer_id=session.customer_id, entry_id=spent.pk, cause=cause, points=points)
    if after.is_whole:
        _give_back_what_was_used(book, session, returnable, now)


def _paid_back(session: PurchaseSession, undone: Undone) -> int:
    """How many of the points that paid for goods have come back, once it is undone so far."""
    points: int = session.quote["points"]["used"]
    if undone.is_whole:
        return points
    return points * undone.returned.amount // session.paid if session.paid else 0


def _returnable_options(session: PurchaseSession) -> dict[int, int]:
    """What was paid in points for options whose use ends with the purchase, by option."""
    options = RewardOption.objects.filter(pk__in=session.quote["option_ids"], needs_coupon=False)
    ids = dict(options.values_list("code", "pk"))
    return {
        ids[each["option"]]: each["points"] * each["quantity"]
        for each in session.quote["redeemed"]
        if each["option"] in ids
    }


def _give_back_what_was_used(book: Book, session: PurchaseSession, options: dict[int, int], now: datetime) -> None:
    used = session.quote["grants"]
    ids = Grant.objects.filter(merchant=session.merchant_id, uuid__in=list(used)).values_list("uuid", "pk")
    restore_grants(book=book, customer_id=session.customer_id, used={pk: used[str(uuid)] for uuid, pk in ids})
    granted = [tuple(taking) for taking in session.quote.get("granted", ())]
    for taking in sorted([*((id_, 0) for id_ in options), *granted]):
        give_back_stock(merchant_id=session.merchant_id, key=session.taking_key(*taking), now=now)
