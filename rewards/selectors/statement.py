"""Statements: every movement of a customer's points, newest first, with what caused it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from credits.models.accounts import Account
from credits.models.entries import Entry, EntryKind
from credits.models.lots import Lot
from credits.models.remarks import Remark
from credits.selectors.accounts import entries_before
from referrals.models.purchases import Purchase
from referrals.models.refunds import Refund
from rewards.models.policies import PolicyVersion
from rewards.selectors.sentences import sentence_of

PAGE_OF_EXPORT = 500
NO_BONUS = frozenset({"", "earned", "purchase"})
"""Awards of these types are earned; other systems read all other awards without a purchase as a bonus."""


class Line(msgspec.Struct, frozen=True):
    """One movement as it is read. Points are signed; `expires_at` and `pending` speak of points that came.

    `reference` is the order, or another system's own id, that it is about; never anything of a friend.
    """

    id: str
    kind: str
    type: str
    points: int
    sentence: str
    remark: str | None
    reason: str
    policy: str | None
    reference: str | None
    pending: bool
    expires_at: datetime | None
    occurred_at: datetime
    posted_at: datetime


class Page(NamedTuple):
    """Some lines, and the number of the entry before which the next page begins; None: there are no more."""

    lines: list[Line]
    next_before: int | None


def statement_page(*, account: Account | None, before: int | None, limit: int, now: datetime) -> Page:
    """A page of a statement; it takes the same number of queries however long it is."""
    if account is None:
        return Page([], None)
    entries = entries_before(account_id=account.pk, before=before, limit=limit + 1)
    shown = entries[:limit]
    names = _Names.of(shown, account.customer_id)
    return Page([_line(entry, names, now) for entry in shown], shown[-1].pk if len(entries) > limit else None)


def whole_statement(*, account: Account | None, now: datetime) -> Iterator[list[Line]]:
    """A whole statement, in pages that are read one after the other, so that it never has to be held as a whole."""
    before: int | None = None
    while True:
        lines, before = statement_page(account=account, before=before, limit=PAGE_OF_EXPORT, now=now)
        yield lines
        if before is None:
            return


class _Names(NamedTuple):
    """What the ids in entries are called: orders by purchase and by refund, policies by version."""

    orders: Mapping[int, str]
    refunded: Mapping[int, str]
    policies: Mapping[int, str]

    @classmethod
    def of(cls, entries: Sequence[Entry], customer_id: int) -> "_Names":
        """Look up all that these entries name. Of orders only the customer's own: a friend's are not theirs to know."""
        orders = Purchase.objects.filter(pk__in=_sources(entries, "purchase"), customer=customer_id)
        refunds = Refund.objects.filter(pk__in=_sources(entries, "refund"), purchase__customer=customer_id)
        versions = PolicyVersion.objects.filter(pk__in={entry.policy_version_id or 0 for entry in entries})
        return cls(
            dict(orders.values_list("pk", "order_id")),
            dict(refunds.values_list("pk", "purchase__order_id")),
            dict(versions.values_list("pk", "policy__name")),
        )

    def order_of(self, entry: Entry) -> str | None:
        """The order that an entry is about."""
        found = {"purchase": self.orders, "refund": self.refunded}.get(entry.source_type, {})
        return found.get(entry.source_id)


def _sources(entries: Sequence[Entry], source_type: str) -> set[int]:
    return {entry.source_id for entry in entries if entry.source_type == source_type}


def _line(entry: Entry, names: _Names, now: datetime) -> Line:
    told: dict[str, Any] = entry.reason_args
    order, policy = names.order_of(entry), names.policies.get(entry.policy_version_id or 0)
    known = {**told, "order": order, "policy": policy}
    lot: Lot | None = getattr(entry, "lot", None)
    remark: Remark | None = getattr(entry, "remark", None)
    return Line(
        id=str(entry.uuid),
        kind=entry.kind,
        type=_type(entry),
        points=entry.points,
        sentence=sentence_of(reason=entry.reason, kind=entry.kind, points=entry.points, known=known),
        remark=remark.text if remark else None,
        reason=entry.reason,
        policy=policy,
        reference=order or told.get("reference") or None,
        pending=lot is not None and lot.remaining > 0 and (lot.active_at is None or lot.active_at > now),
        expires_at=lot.expires_at if lot else None,
        occurred_at=entry.occurred_at,
        posted_at=entry.posted_at,
    )


def _type(entry: Entry) -> str:
    """What other systems call it: earned, bonus, redeemed, … (requirement 004, points transactions)."""
    if entry.kind != EntryKind.EARNED or entry.source_type == "purchase":
        return entry.kind
    is_earned = "type" in entry.reason_args and entry.reason_args["type"] in NO_BONUS
    return EntryKind.EARNED if is_earned else "bonus"
