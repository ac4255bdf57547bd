"""Which friends a customer brought, and how far each has come; not who they are."""

from datetime import datetime
from uuid import UUID

import msgspec

from referrals.models.customers import Customer
from referrals.models.referrals import Referral
from referrals.selectors import shown_first_name


class OwnReferral(msgspec.Struct, frozen=True):
    """A friend whom a customer brought; `friend` is the first name that they chose to show, or empty."""

    id: UUID
    friend: str
    status: str
    joined_at: datetime | None
    qualified_at: datetime | None
    rewarded_at: datetime | None
    reversed_at: datetime | None


def referrals_before(*, customer: Customer, before: int | None, limit: int) -> tuple[list[OwnReferral], int | None]:
    """A customer's referrals, the newest first, and the place before which the next page begins (None: it is all).

    :param before: such a place; None: the beginning.
    """
    rows = Referral.objects.filter(referrer=customer).select_related("referee").order_by("-pk")
    found = list((rows if before is None else rows.filter(pk__lt=before))[: limit + 1])
    shown = [
        OwnReferral(
            each.uuid,
            shown_first_name(each.referee),
            each.status,
            each.joined_at,
            each.qualified_at,
            each.rewarded_at,
            each.reversed_at,
        )
        for each in found[:limit]
    ]
    return shown, found[limit - 1].pk if len(found) > limit else None
