"""What brought a friend: of all that is known of the ways by which they came, the one that counts.

A code that comes with the purchase counts before one that was typed, that before links, before what the profile
remembers, before an invitation by e-mail. Of several links the merchant has the first count, or the last.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec

from config.lib.prepared import execute_prepared
from config.lib.remembering import REMEMBERED
from referrals.models.customers import Customer
from referrals.models.links import ShareLink
from referrals.models.merchants import DecisiveTouch
from referrals.models.referrals import AttributionMethod, Referral
from referrals.models.sign_ups import StoredTouch
from referrals.services.claims import Claim

RANKS = {
    AttributionMethod.PURCHASE: 0,
    AttributionMethod.TYPED: 1,
    AttributionMethod.LINK: 2,
    AttributionMethod.COOKIE: 2,  # The same thing a while ago: first or last touch decides between them.
    AttributionMethod.PROFILE: 3,
    AttributionMethod.INVITATION: 4,
}


class Touch(msgspec.Struct, frozen=True):
    """A code that brings somebody, as it is read; how, when, and by which link, if by one."""

    method: AttributionMethod
    code: str
    at: datetime
    link_id: int | None = None


def decisive_touch(touches: Iterable[Touch], *, decisive: str) -> Touch | None:
    """The touch that counts.

    :param decisive: whether the first or the last link does, as a DecisiveTouch.
    """
    sign = 1 if decisive == DecisiveTouch.FIRST else -1
    return min(touches, key=lambda touch: (RANKS[touch.method], sign * touch.at.timestamp()), default=None)


def claim_by(touch: Touch, *, key: int, referee_id: int, at: datetime) -> Claim:
    """The claim that a customer makes at `at` by a touch."""
    return Claim(key, referee_id, touch.code, at, touch.link_id, touch.method, touch.at)


def store_touch(*, customer: Customer, link: ShareLink, now: datetime) -> None:
    """Remember with a customer whom nobody has brought yet that they followed a link of somebody else."""
    if link.code.customer_id == customer.pk or Referral.objects.filter(referee=customer).exists():
        return
    touch = {"code": link.code, "link": link, "touched_at": now, "merchant_id": customer.merchant_id}
    if customer.merchant.decisive_touch == DecisiveTouch.FIRST:
        StoredTouch.objects.get_or_create(customer=customer, defaults=touch)
    else:
        StoredTouch.objects.update_or_create(customer=customer, defaults=touch)


def stored_touches(*, customer_ids: Collection[int], now: datetime) -> dict[int, Touch]:
    """What is remembered of customers, by customer: whoever brings nothing else is brought by that."""
    rows = execute_prepared(
        "SELECT touch.customer_id, code.code, touch.touched_at, touch.link_id FROM referrals_storedtouch AS touch"
        " JOIN referrals_referralcode AS code ON code.id = touch.code_id"
        " WHERE touch.customer_id = ANY(%s) AND touch.touched_at > %s",
        [list(customer_ids), now - REMEMBERED],
    )
    return {customer_id: Touch(AttributionMethod.PROFILE, *touch) for customer_id, *touch in rows}


def forget_touches(*, now: datetime) -> None:
    """Delete what is too long ago to count."""
    StoredTouch.objects.filter(touched_at__lte=now - REMEMBERED).delete()
