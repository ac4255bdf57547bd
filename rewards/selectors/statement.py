"""Statements: every movement of a customer's points, newest first, with what caused it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.db.models import Model

from credits.models.accounts import Account
from credits.models.entries import Entry, EntryKind
from credits.models.lots import Lot
from credits.models.remarks import Remark
from credits.selectors.accounts import INSTANT, entries_before
from referrals.models.activities import Activity
from referrals.models.payments import Payment
from referrals.models.purchases import Purchase
from referrals.models.refunds import Refund
from rewards.models.policies import PolicyVersion
from rewards.selectors.sentences import sentence_of

PAGE_OF_EXPORT = 500
NO_BONUS = frozenset({"", "earned", "purchase"})
"""Awards of these types are earned; other systems read all other awards without a purchase as a bonus."""

# Where an entry's source has the id that others know it by; and whose it is, for a friend's is nobody else's to know.
_REFERENCES: dict[str, tuple[type[Model], str, str]] = {
    "purchase": (Purchase, "customer", "order_id"),
    "refund": (Refund, "purchase__customer", "purchase__order_id"),
    "payment": (Payment, "purchase__customer", "purchase__order_id"),
    "activity": (Activity, "customer", "reference"),
}


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

    @property
    def last_moment(self) -> datetime | None:
        """The last moment at which points that came can be spent; it lies on the last day."""
        return self.expires_at - INSTANT if self.expires_at else None


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
    """What the ids in entries are called: the references of their sources, and their policies by version."""

    references: Mapping[tuple[str, int], str]
    policies: Mapping[int, str]

    @classmethod
    def of(cls, entries: Sequence[Entry], customer_id: int) -> "_Names":
        """Look up all that these entries name, in one query a kind of source and one for the policies."""
        versions = PolicyVersion.objects.filter(pk__in={entry.policy_version_id or 0 for entry in entries})
        references = {
            (source_type, source_id): reference
            for source_type in _REFERENCES.keys() & {entry.source_type for entry in entries}
            for source_id, reference in _references(source_type, entries, customer_id)
        }
        return cls(references, dict(versions.values_list("pk", "policy__name")))


def _references(source_type: str, entries: Sequence[Entry], customer_id: int) -> Iterable[tuple[int, str]]:
    model, owner, reference = _REFERENCES[source_type]
    ids = {entry.source_id for entry in entries if entry.source_type == source_type}
    own = model._default_manager.filter(**{"pk__in": ids, owner: customer_id})
    return own.values_list("pk", reference)


def _line(entry: Entry, names: _Names, now: datetime) -> Line:
    told: dict[str, Any] = entry.reason_args
    reference = names.references.get((entry.source_type, entry.source_id)) or told.get("reference") or None
    policy = names.policies.get(entry.policy_version_id or 0)
    known = {**told, "order": reference, "policy": policy}
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
        reference=reference,
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
