"""What a customer can spend, and with what: read from PostgreSQL in one statement."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from config.lib.prepared import execute_prepared
from credits.selectors.accounts import balance_now
from credits.selectors.display import WalletOnDisplay, wallet_on_display
from referrals.selectors import as_uuid

_NO_GRANTS = msgspec.Raw(b"[]")
_CREDITS = """
    SELECT customer.id, customer.external_id, customer.uuid::text, account.id, account.available, account.pending,
        account.held, account.owed, account.tier_id, account.next_change_at,
        usable.grants, usable.first_expiry, pg_visible_in_snapshot(asked.mark::xid8, pg_current_snapshot())
    FROM {asked} JOIN referrals_customer AS customer ON {identity}
    LEFT JOIN credits_account AS account ON account.customer_id = customer.id AND account.wallet_id = %s
    LEFT JOIN LATERAL (
        SELECT min(issued.expires_at) AS first_expiry,
            json_agg(json_build_object('id', issued.uuid, 'option', option.code, 'name', option.name,
                'quantity', issued.quantity - issued.used_quantity,
                'issued_at', to_char(issued.issued_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                'expires_at', to_char(issued.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
            ) ORDER BY issued.id)::text AS grants
        FROM rewards_grant AS issued JOIN rewards_rewardoption AS option ON option.id = issued.option_id
        WHERE issued.state = 'issued' AND issued.customer_id = ANY (ARRAY(
            SELECT customer.id UNION ALL SELECT id FROM referrals_customer WHERE merged_into_id = customer.id))
            AND (issued.expires_at IS NULL OR issued.expires_at > %s)
    ) AS usable ON TRUE
    WHERE customer.merchant_id = %s
"""
"""Customers' credits, each in one row: checkouts ask for nothing more often.

One statement sees one instant: what it tells of the credits, and of the transaction whose mark was seen.
"""

_ONE = "(SELECT %s AS reference, %s::text AS mark) AS asked"
_BY_EXTERNAL_ID = _CREDITS.format(asked=_ONE, identity="customer.external_id = asked.reference")
_BY_UUID = _CREDITS.format(
    asked=_ONE,
    identity="customer.id = (SELECT coalesce(merged_into_id, id) FROM referrals_customer WHERE uuid = asked.reference)",
)
_BY_IDS = _CREDITS.format(
    asked="unnest(%s::bigint[], %s::text[]) AS asked (customer_id, mark)", identity="customer.id = asked.customer_id"
)


@dataclass(frozen=True, slots=True)
class Credits:
    """What a checkout needs to know of a customer.

    `exact_until` is when the next points expire or become spendable, or the next grant expires; None: nothing
    changes by itself. `mark_ended` says whether the transaction that was asked about had ended before this was read.
    """

    customer_id: int
    external_id: str | None
    uuid: str
    terms: WalletOnDisplay
    available: int
    pending: int
    held: int
    owed: int
    tier: msgspec.Raw
    grants: msgspec.Raw
    exact_until: datetime | None
    mark_ended: bool | None

    @property
    def public_id(self) -> str:
        """What other systems call this customer: the merchant's id, or else ours."""
        return self.external_id or self.uuid

    def as_told(self) -> dict[str, Any]:
        """What is told of them, to a checkout or to the customer."""
        return {
            "customer": self.public_id,
            "wallet": self.terms.code,
            "unit": self.terms.unit_name,
            "available": self.available,
            "pending": self.pending,
            "held": self.held,
            "owed": self.owed,
            "tier": self.tier,
            "grants": self.grants,
        }


def credits_of(*, merchant_id: int, reference: str, now: datetime, mark: str | None = None) -> Credits | None:
    """A customer's credits at `now`, or None if the merchant has no such customer.

    :param reference: the merchant's id of the customer, or ours.
    :param mark: the id of a transaction that changed, or changes, their credits.
    """
    terms = wallet_on_display(merchant_id=merchant_id)
    if terms is None:
        return None
    rows = execute_prepared(_BY_EXTERNAL_ID, [reference, mark, terms.wallet_id, now, merchant_id])
    if not rows and (uuid := as_uuid(reference)):
        rows = execute_prepared(_BY_UUID, [uuid, mark, terms.wallet_id, now, merchant_id])
    return _credits(rows[0], terms, now) if rows else None


def credits_of_many(*, merchant_id: int, marks: Mapping[int, str | None], now: datetime) -> list[Credits]:
    """The credits of some customers at `now`.

    :param marks: the id of a transaction that changed, or changes, their credits, by customer.
    """
    terms = wallet_on_display(merchant_id=merchant_id)
    if terms is None:
        return []
    rows = execute_prepared(_BY_IDS, [list(marks), list(marks.values()), terms.wallet_id, now, merchant_id])
    return [_credits(row, terms, now) for row in rows]


def _credits(row: tuple[Any, ...], terms: WalletOnDisplay, now: datetime) -> Credits:
    (
        customer_id, external_id, uuid, account_id, available, pending, held, owed, tier_id, next_change_at, grants,
        first_expiry, mark_ended,
    ) = row  # fmt: skip
    if next_change_at is not None and next_change_at <= now:
        available, pending, held, owed = balance_now(account_id=account_id, owed=owed, now=now)
    return Credits(
        customer_id=customer_id,
        external_id=external_id,
        uuid=uuid,
        terms=terms,
        available=available or 0,
        pending=pending or 0,
        held=held or 0,
        owed=owed or 0,
        tier=terms.tier(tier_id),
        grants=msgspec.Raw(grants.encode()) if grants else _NO_GRANTS,
        exact_until=min((moment for moment in (next_change_at, first_expiry) if moment is not None), default=None),
        mark_ended=mark_ended,
    )
