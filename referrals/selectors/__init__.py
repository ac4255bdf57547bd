"""Finding people and what they did, within one merchant: what belongs to another looks absent."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from config.lib.errors import NotFound
from config.lib.rows import only_row
from referrals.models.activities import Activity
from referrals.models.aliases import LeaderboardAlias
from referrals.models.audit import AuditRecord
from referrals.models.codes import ReferralCode
from referrals.models.consents import Consent
from referrals.models.customers import Customer, CustomerAlias
from referrals.models.destinations import Destination, DestinationKind
from referrals.models.invitations import Invitation
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

    Whoever was merged into another is that one.

    :raises NotFound: if the merchant has no such customer.
    """
    known = Customer.objects.filter(merchant=merchant)
    customer = known.filter(external_id=reference).first()
    if customer is None:
        customer = known.filter(aliases__external_id=reference).first()
    if customer is None and (uuid := as_uuid(reference)):
        customer = known.filter(uuid=uuid).select_related("merged_into").first()
    if customer is None:
        raise NotFound(_("There is no such customer."))
    return customer.merged_into or customer


def goes_by(customer: Customer, *, external_id: str) -> bool:
    """Whether the merchant calls a customer, or who goes on for them, so; whoever was erased may have been anybody."""
    person = customer.merged_into or customer
    if person.erased_at is not None or person.external_id == external_id:
        return True
    return person.aliases.filter(external_id=external_id).exists()


def alias_of(*, merchant_id: int, reference: str) -> str:
    """Our id of the customer who goes on for one who went by this id of the merchant's; empty if there is none."""
    alias = CustomerAlias.objects.filter(merchant=merchant_id, external_id=reference).select_related("customer").first()
    return str(alias.customer.uuid) if alias else ""


def get_purchase(*, merchant: Merchant, reference: str) -> Purchase:
    """The purchase with this order id of the merchant's, or else this id of ours.

    :raises NotFound: if the merchant has no such purchase.
    """
    known = Purchase.objects.filter(merchant=merchant).select_related("customer")
    purchase = known.filter(order_id=reference).first()
    if purchase is None and (uuid := as_uuid(reference)):
        purchase = known.filter(uuid=uuid).first()
    if purchase is None:
        raise NotFound(_("There is no such purchase."))
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
        raise NotFound(_("There is no such activity."))
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


def home_destination(*, merchant: Merchant) -> Destination | None:
    """Where a link leads on to that names no destination: the merchant's site, if links may lead there."""
    sites = Destination.objects.filter(merchant=merchant, kind=DestinationKind.SITE, is_open=True)
    return sites.order_by("pk").first()


def of_person(*customer_ids: int) -> Q:
    """The rows of these customers, and of those who were merged into them: what is left of them is theirs too."""
    return Q(
        customer__in=Customer.objects.filter(Q(pk__in=customer_ids) | Q(merged_into__in=customer_ids)).values("pk")
    )


def referral_of(*, customer: Customer) -> Referral | None:
    """How a customer was brought, with the names of whoever did it and of the code; None if nobody did."""
    brought = Referral.objects.filter(referee=customer).select_related("referrer", "referral_link")
    shown = ("referrer__name", "referrer__shows_first_name", "referral_link__code", "referral_link__shown_as")
    return only_row(brought.only("qualified_at", *shown))


def find_link(*, merchant: Merchant, uuid: UUID, code: str) -> ShareLink | None:
    """The merchant's link with this id, if it is one of this code; of any code if that is empty."""
    link = ShareLink.objects.filter(merchant=merchant, uuid=uuid).select_related("code").first()
    return link if link is not None and code in {"", link.code.code} else None


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
            "also_known_as": list(customer.aliases.order_by("id").values_list("external_id", flat=True)),
            "erased_at": customer.erased_at,
            "login": user and {"email": user.email, "first_name": user.first_name, "last_name": user.last_name},
        },
        "codes": _rows(ReferralCode.objects.filter(customer=customer), "code", "created_at", "retired_at"),
        "invitations": _rows(
            Invitation.objects.filter(referrer=customer), "created_at", "sent_at", "clicked_at"
        ),
        "consents": _rows(
            Consent.objects.filter(customer=customer), "purpose", "is_given", "text", "text_version", "recorded_at"
        ),
        "leaderboard_alias": _rows(LeaderboardAlias.objects.filter(customer=customer), "alias", "created_at"),
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


def find_merchant(reference: str) -> Merchant | None:
    """The merchant with this slug, or else this id of ours."""
    merchant = Merchant.objects.filter(slug=reference).first()
    uuid = as_uuid(reference)
    return merchant or (Merchant.objects.filter(uuid=uuid).first() if uuid else None)


def is_merchant(merchant: Merchant, reference: str) -> bool:
    """Whether this slug or this id of ours names the merchant."""
    return reference == merchant.slug or as_uuid(reference) == merchant.uuid
