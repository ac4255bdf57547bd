"""Finding people and what they did, within one merchant: what belongs to another looks absent."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from config.lib.errors import NotFound
from referrals.models.activities import Activity
from referrals.models.audit import AuditRecord
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.purchases import Purchase
from referrals.models.referrals import Referral


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


REFERRAL_DATES = ("status", "joined_at", "qualified_at", "rewarded_at", "reversed_at")


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
        "audit": _rows(
            AuditRecord.objects.filter(merchant=customer.merchant_id, subjects__contains=customer.pk),
            "action", "reason", "recorded_at",
        ),
    }  # fmt: skip


def _rows(found: QuerySet[Any], *fields: str) -> list[dict[str, Any]]:
    return list(found.order_by("id").values(*fields))
