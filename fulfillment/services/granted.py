"""Granted rewards that somebody delivers, or that are codes, become redemptions; those taken back are called off."""

from contextlib import suppress
from datetime import datetime

from django.db.models import Q

from config.lib.errors import DomainError
from fulfillment.models.assignments import AssignmentState
from fulfillment.models.redemptions import LIVE, Redemption
from fulfillment.services.moving import SYSTEM
from fulfillment.services.redemptions import cancel, open_for_grant
from rewards.models.grants import Grant, GrantState

AT_ONCE = 200
DELIVERED = (
    Q(option__needs_technician=True)
    | Q(option__shipping_required=True)
    | Q(option__by_appointment=True)
    | Q(option__needs_coupon=True)
)


def open_for_grants(*, now: datetime, after: int = 0, limit: int = AT_ONCE) -> int | None:
    """Open a redemption of zero points for each grant that has to be delivered and has none.

    Stock and codes are taken as for any redemption. What is sold out, or was used meanwhile, is passed over, and found
    again by the next sweep: the grant waits until there is some again.

    :param after: the id of the grant after which to go on.
    :returns: the id of the last grant that was looked at; None if there are no more.
    """
    taken = Redemption.objects.filter(grant__isnull=False).values("grant")
    waiting = Grant.objects.filter(DELIVERED, state=GrantState.ISSUED, pk__gt=after).exclude(pk__in=taken)
    grants = list(
        waiting.select_related("customer__merchant", "customer__merged_into__merchant", "option").order_by("pk")[:limit]
    )
    for grant in grants:
        with suppress(DomainError):
            open_for_grant(grant=grant, now=now)
    return grants[-1].pk if grants else None


def call_off_revoked(*, now: datetime, limit: int = AT_ONCE) -> int:
    """Cancel what was granted for something that was undone, unless somebody is at it already.

    :returns: how many were cancelled.
    """
    at_it = Q(assignments__state=AssignmentState.OPEN, assignments__started_at__isnull=False)
    revoked = Redemption.objects.filter(status__in=LIVE, grant__revoked_at__isnull=False).exclude(at_it)
    cancelled = 0
    for redemption_id in revoked.order_by("pk").values_list("pk", flat=True)[:limit]:
        with suppress(DomainError):
            cancel(redemption_id=redemption_id, actor=SYSTEM, reason="grant_revoked", now=now)
            cancelled += 1
    return cancelled
