"""Finding people and what they did, within one merchant: what belongs to another looks absent."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Q, QuerySet

from config.lib.errors import NotFound
from config.lib.prepared import execute_prepared
from referrals.models.activities import Activity
from referrals.models.audit import AuditRecord
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer
from referrals.models.links import ShareLink
from referrals.models.merchants import Merchant
from referrals.models.purchases import Purchase
from referrals.models.referrals import Referral, ReferralMove
from referrals.models.rfm import CustomerRfm
from referrals.models.risk import CustomerTrace, RiskDecision


def as_uuid(text: str) -> UUID | None:
    """The UUID that `text` spells, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def get_customer(*, merchant: Merchant, reference: str) -> Customer:
    """The customer with this id of the merchant's, or else this id of ours.

    :raises NotFound: if the merchant has no such customer.
    """
    known = Customer.objects.filter(merchant=merchant)
    customer = known.filter(external_id=reference).first()
    if customer is None and (uuid := as_uuid(reference)):
        customer = known.filter(uuid=uuid).first()
    if customer is None:
        raise NotFound("There is no such customer.")
    return customer


def get_purchase(*, merchant: Merchant, reference: str) -> Purchase:
    """The purchase with this order id of the merchant's, or else this id of ours.

    :raises NotFound: if the merchant has no such purchase.
    """
    known = Purchase.objects.filter(merchant=merchant).select_related("customer")
    purchase = known.filter(order_id=reference).first()
    if purchase is None and (uuid := as_uuid(reference)):
        purchase = known.filter(uuid=uuid).first()
    if purchase is None:
        raise NotFound("There is no such purchase.")
    return purchase


def get_activity(*, merchant: Merchant, reference: str) -> Activity:
    """The activity with this id of ours.

    :raises NotFound: if the merchant has no such activity.
    """
    uuid = as_uuid(reference)
    activity = (
        Activity.objects.filter(merchant=merchant, uuid=uuid).select_related("customer").first() if uuid else None
    )
    if activity is None:
        raise NotFound("There is no such activity.")
    return activity


def live_code(*, code: str, now: datetime) -> ReferralCode | None:
    """The code by which people can join now, with its customer and merchant; None if there is none.

    :param code: as it is stored.
    """
    has_begun = Q(starts_at__isnull=True) | Q(starts_at__lte=now)
    goes_on = Q(ends_at__isnull=True) | Q(ends_at__gt=now)
    codes = ReferralCode.objects.filter(has_begun, goes_on, code=code, retired_at=None)
    return codes.select_related("customer", "merchant").first()


def shown_first_name(customer: Customer) -> str:
    """The first name that the customer chose to show to friends; empty if they chose not to."""
    return customer.name.partition(" ")[0] if customer.shows_first_name else ""


def find_link(*, merchant: Merchant, uuid: UUID, code: str) -> ShareLink | None:
    """The merchant's link with this id, if it is one of this code; of any code if that is empty."""
    link = ShareLink.objects.filter(merchant=merchant, uuid=uuid).select_related("code").first()
    return link if link is not None and code in {"", link.code.code} else None


class FunnelStep(msgspec.Struct, frozen=True):
    """How far people came; `key` is a channel, the slug of a destination or the id of a link, empty if unknown."""

    key: str
    clicked: int
    visitors: int
    joined: int
    bought: int
    rewarded: int


FUNNEL_KEYS = {"channel": "link.channel", "destination": "destination.slug", "link": "link.uuid::text"}
FUNNEL_ROWS_MAX = 1_000


def read_funnel(*, merchant: Merchant, by: str, since: datetime, until: datetime) -> list[FunnelStep]:
    """How many followed the merchant's links in `[since, until)`, and how many joined then and how far they have come.

    Whoever registered without a link counts under the empty key, like those whose links lead to no destination.

    :param by: a key of FUNNEL_KEYS.
    :returns: the steps, those with most clicks and friends first, at most FUNNEL_ROWS_MAX.
    """
    rows = execute_prepared(
        f"""
        WITH clicked AS (
            SELECT link_id, count(*) AS clicks, count(DISTINCT visitor_hash) AS visitors
            FROM referrals_click WHERE merchant_id = %s AND clicked_at >= %s AND clicked_at < %s
            GROUP BY link_id
        ), joined AS (
            SELECT share_link_id AS link_id, count(*) AS joined, count(qualified_at) AS bought,
                count(rewarded_at) AS rewarded
            FROM referrals WHERE merchant_id = %s AND joined_at >= %s AND joined_at < %s
            GROUP BY share_link_id
        )
        SELECT coalesce({FUNNEL_KEYS[by]}, '') AS key, coalesce(sum(clicks), 0)::bigint,
            coalesce(sum(visitors), 0)::bigint, coalesce(sum(joined), 0)::bigint, coalesce(sum(bought), 0)::bigint,
            coalesce(sum(rewarded), 0)::bigint
        FROM clicked FULL JOIN joined USING (link_id)
        LEFT JOIN referrals_sharelink AS link ON link.id = link_id
        LEFT JOIN referrals_destination AS destination ON destination.id = link.destination_id
        GROUP BY key ORDER BY 2 DESC, 4 DESC, key LIMIT {FUNNEL_ROWS_MAX}
        """,  # noqa: S608 (the keys are ours)
        [merchant.pk, since, until] * 2,
    )
    return [FunnelStep(*row) for row in rows]


REFERRAL_DATES = ("status", "claimed_at", "joined_at", "qualified_at", "rewarded_at", "reversed_at")


def person_of(customer: Customer) -> dict[str, Any]:
    """Who a customer is, what they share, and whom they brought or who brought them: not who those are."""
    user = customer.user
    return {
        "profile": {
            "id": customer.external_id,
            "uuid": customer.uuid,
            "name": customer.name,
            "email": customer.email,
            "email_verified_at": customer.email_verified_at,
            "phone": customer.phone,
            "birthday": customer.birthday,
            "known_since": customer.created_at,
            "erased_at": customer.erased_at,
            "login": user and {"email": user.email, "first_name": user.first_name, "last_name": user.last_name},
        },
        "codes": _rows(ReferralCode.objects.filter(customer=customer), "code", "created_at", "retired_at"),
        "referrals_made": _rows(Referral.objects.filter(referrer=customer), *REFERRAL_DATES),
        "referrals_received": _rows(Referral.objects.filter(referee=customer), *REFERRAL_DATES),
        "referral_steps": _rows(
            ReferralMove.objects.filter(referral__referee=customer), "status", "reason", "moved_at"
        ),
        "referral_decisions": _rows(
            RiskDecision.objects.filter(referral__referee=customer), "verdict", "is_appeal", "decided_at"
        ),
        "recognised_by": _rows(CustomerTrace.objects.filter(customer=customer), "kind", "first_seen_at"),
        "audit": _rows(
            AuditRecord.objects.filter(merchant=customer.merchant_id, subjects__contains=customer.pk),
            "action", "reason", "recorded_at",
        ),
    }  # fmt: skip


def _rows(found: QuerySet[Any], *fields: str) -> list[dict[str, Any]]:
    return list(found.order_by("id").values(*fields))


def find_rfm(*, customer: Customer) -> CustomerRfm | None:
    """A customer's RFM as it was computed last; None if they had bought nothing within the window."""
    return CustomerRfm.objects.filter(customer=customer).first()


def is_merchant(merchant: Merchant, reference: str) -> bool:
    """Whether this slug or this id of ours names the merchant."""
    return reference == merchant.slug or as_uuid(reference) == merchant.uuid
