"""Points that wait for a cause become spendable once it has come: an e-mail is verified, a payment confirmed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from types import MappingProxyType

from credits.models.lots import Lot
from credits.services import expiry
from credits.services.book import Book
from credits.services.drawing import Draw, free

NO_DAYS: Mapping[str, int | None] = MappingProxyType({})
NOTHING_ELSE: Mapping[str, str] = MappingProxyType({})


def release_waiting(
    *,
    book: Book,
    keys: Collection[str],
    waiting_for: str,
    days: Mapping[str, int | None] = NO_DAYS,
    then: Mapping[str, str] = NOTHING_ELSE,
) -> dict[int, int]:
    """Let the lots of these causes wait no longer.

    What the wallet or their policy makes points wait (`pending_days`) is waited out, and told as pending; what can be
    spent at once repays a debt first.

    :param keys: of the entries that brought them; the accounts are the book's.
    :param waiting_for: the cause that has come.
    :param days: how long the policy has them wait, by key, where it says otherwise than the wallet.
    :param then: what they wait for next, by key, where that has not come.
    :returns: points by customer; without those that go on waiting for a cause.
    """
    customers = {account.id: account for account in book.accounts.values()}
    lots = Lot.objects.filter(
        account__in=customers, entry__merchant=book.terms.merchant_id, entry__key__in=list(keys),
        waiting_for=waiting_for,
    )  # fmt: skip
    told: dict[tuple[int, bool], int] = defaultdict(int)
    for lot in lots.select_related("entry").order_by("pk"):
        account = customers[lot.account_id]
        if another := then.get(lot.entry.key):
            lot.waiting_for = another
            lot.save(update_fields=["waiting_for"])
            continue
        lot.active_at = expiry.active_at(book.terms, lot.earned_at, book.now, days.get(lot.entry.key))
        lot.waiting_for = ""
        lot.save(update_fields=["active_at", "waiting_for"])
        left = book.free_of(lot.pk, lot.remaining, lot.held)
        if not left:
            continue
        is_pending = lot.active_at > book.now
        told[account.customer_id, is_pending] += left
        if is_pending:
            book.expect_change(account, lot.active_at)
        else:
            account.pending -= left
            free(book, account, [Draw(lot.pk, left, lot.expires_at)])
    released: dict[int, int] = defaultdict(int)
    for (customer_id, is_pending), points in told.items():
        released[customer_id] += points
        payload = {"points": points, "waited_for": waiting_for, "pending": is_pending}
        book.tell(customer_id, "points.confirmed", payload)
    return dict(released)
