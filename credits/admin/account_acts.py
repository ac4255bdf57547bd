"""What staff may do to an account: each act is a form on its page, a permission, and one call of a service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.admin import record_action
from credits.forms import AccountForm, AdjustmentForm, TierForm
from credits.models.accounts import Account
from credits.models.adjustments import AdjustmentState
from credits.services.adjusting import ask_adjustment
from credits.services.assigning import assign_tier


@dataclass(frozen=True, slots=True)
class Act:
    """One of them.

    :param name: the end of its address.
    :param do: calls the service with what the form says, records it, and returns what to tell.
    """

    name: str
    title: Promise
    permission: str
    form: type[AccountForm]
    do: Callable[[HttpRequest, Account, dict[str, Any]], str]

    def is_for(self, request: HttpRequest, account: Account) -> bool:
        """Whether this person may do it; services work on the default wallet."""
        return account.wallet.is_default and request.user.has_perm(self.permission)


def _adjust(request: HttpRequest, account: Account, told: dict[str, Any]) -> str:
    person: Any = request.user
    adjustment = ask_adjustment(
        merchant=account.merchant,
        customer_id=account.customer_id,
        points=told["points"],
        reason=told["reason"],
        asked_by=person,
        now=timezone.now(),
        key=told["key"],
    )
    record_action(request, [account, adjustment], f"Asked for {adjustment.points:+,} points.")
    if adjustment.state == AdjustmentState.WAITING:
        return gettext("So many points wait until a second person decides.")
    return gettext("The points are booked.")


def _place(request: HttpRequest, account: Account, told: dict[str, Any]) -> str:
    assign_tier(
        merchant=account.merchant,
        customer_id=account.customer_id,
        tier_code=told["tier"].code,
        reason=told["reason"],
        actor=f"user:{request.user.pk}",
        until=told["until"],
        now=timezone.now(),
        key=str(told["key"]),
    )
    record_action(request, [account], f"Put into {told['tier']}.")
    return gettext("The customer is in %(tier)s now.") % {"tier": told["tier"]}


ACTS = {
    act.name: act
    for act in (
        Act("adjust", _("Give or take points"), "credits.add_adjustment", AdjustmentForm, _adjust),
        Act("place", _("Put into a tier"), "credits.add_tierassignment", TierForm, _place),
    )
}
