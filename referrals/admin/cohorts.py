"""Filters of customers by how they came, and whether they stayed: the rows behind the figures of growth."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from referrals.models.purchases import Purchase
from referrals.models.referrals import Referral, ReferralStatus
from referrals.selectors.growth import STAYS_AFTER_DAYS


class YesOrNo(admin.SimpleListFilter):
    """Narrows a list to the rows of which something is true, or is not."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """The choices."""
        return [("yes", gettext("Yes")), ("no", gettext("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that were chosen."""
        chosen = self.value()
        if chosen not in {"yes", "no"}:
            return queryset
        return queryset.filter(self.rule() if chosen == "yes" else ~self.rule())

    def rule(self) -> Exists:
        """What is asked of a row."""
        raise NotImplementedError


class BroughtFilter(YesOrNo):
    """Whether a friend brought the customer; a rejected referral is none."""

    title = _("brought by a friend")
    parameter_name = "brought"

    def rule(self) -> Exists:
        """A referral of theirs."""
        theirs = Referral.objects.filter(merchant=OuterRef("merchant"), referee=OuterRef("pk"))
        return Exists(theirs.exclude(status=ReferralStatus.REJECTED))


class StayedFilter(YesOrNo):
    """Whether the customer bought something long enough after they were new."""

    title = _("stayed")
    parameter_name = "stayed"

    def rule(self) -> Exists:
        """A later purchase of theirs."""
        new_until = OuterRef("created_at") + timedelta(days=STAYS_AFTER_DAYS)
        return Exists(Purchase.objects.filter(customer=OuterRef("pk"), occurred_at__gte=new_until))
