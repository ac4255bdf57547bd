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


def stored_touches(*, customer_ids: Collection[int], decisive: str, now: datetime) -> dict[int, Touch]:
    """What is remembered of customers, by customer: whoever brings nothing else is brought by that.

    That is the link that they followed, signed in, or else the invitation that was sent to their e-mail.

    :param decisive: whether the first or the last of several invitations counts, as a DecisiveTouch.
    """
    ids, since = list(customer_ids), now - REMEMBERED
    rows = execute_prepared(
        """
        SELECT touch.customer_id, 'profile', code.code, touch.touched_at, touch.link_id
        FROM referrals_storedtouch AS touch JOIN referrals_referralcode AS code ON code.id = touch.code_id
        WHERE touch.customer_id = ANY(%s) AND touch.touched_at > %s
        UNION ALL
        SELECT friend.id, 'invitation', code.code, invited.sent_at, NULL
        FROM referrals_customer AS friend
        JOIN referrals_invitation AS invited
            ON invited.email_hash = friend.email_hash AND invited.merchant_id = friend.merchant_id
        JOIN referrals_referralcode AS code ON code.id = invited.code_id
        WHERE friend.id = ANY(%s) AND invited.state = 'sent' AND invited.sent_at > %s
        """,
        [ids, since, ids, since],
    )
    found: dict[int, list[Touch]] = {}
    for customer_id, method, *touch in rows:
        found.setdefault(customer_id, []).append(Touch(AttributionMethod(method), *touch))
    decided = {customer_id: decisive_touch(touches, decisive=decisive) for customer_id, touches in found.items()}
    return {customer_id: touch for customer_id, touch in decided.items() if touch}


def forget_touches(*, now: datetime) -> None:
    """Delete what is too long ago to count."""
    StoredTouch.objects.filter(touched_at__lte=now - REMEMBERED).delete()
