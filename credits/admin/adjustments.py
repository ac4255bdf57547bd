from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, link_to, record_action
from config.lib.errors import DomainError
from config.lib.numbers import signed
from credits.admin.causes import OfAccount
from credits.models.adjustments import Adjustment
from credits.services.adjusting import decide_adjustment


@admin.register(Adjustment)
class AdjustmentAdmin(OfAccount):
    """Points that people gave or took; those that wait are decided here, by somebody who did not ask for them."""

    list_display = ("id", "owner", "points", "reason", "state", "asked_by", "decided_by", "asked_at", "merchant")
    list_filter = (MerchantFilter, "state", "asked_at")
    list_select_related = ("account__customer", "asked_by", "decided_by", "merchant")
    readonly_fields = ("uuid",)
    actions = ("grant", "refuse")

    @admin.action(description=_("Grant: the points are booked"), permissions=["act"])
    def grant(self, request: HttpRequest, queryset: QuerySet[Adjustment]) -> None:
        """Agree to the chosen adjustments."""
        self._decide(request, queryset, is_granted=True)

    @admin.action(description=_("Refuse: nothing is booked"), permissions=["act"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Adjustment]) -> None:
        """Turn the chosen adjustments down."""
        self._decide(request, queryset, is_granted=False)

    def _decide(self, request: HttpRequest, chosen: QuerySet[Adjustment], *, is_granted: bool) -> None:
        """Decide each in a transaction of its own, so that one which cannot be decided stops no other."""
        person: Any = request.user
        done = gettext_noop("Granted") if is_granted else gettext_noop("Refused")
        for adjustment in chosen.order_by("pk"):
            points = gettext("%(points)s points") % {"points": signed(adjustment.points)}
            try:
                with transaction.atomic():
                    decide_adjustment(
                        adjustment_id=adjustment.pk, decided_by=person, is_granted=is_granted, now=timezone.now()
                    )
                    record_action(request, [adjustment, adjustment.account], f"{done} {adjustment.points:+,} points.")
            except DomainError as refused:
                told = format_html("{}: {}", link_to(adjustment, points), refused.detail)
                self.message_user(request, told, messages.ERROR)
            else:
                self.message_user(request, f"{gettext(done)}: {points}.", messages.SUCCESS)
