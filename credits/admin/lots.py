from typing import Any

from django.contrib import admin
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin
from credits.admin.causes import OfAccount
from credits.models.lots import Lot, LotUse


class StandingFilter(admin.SimpleListFilter):
    """Narrows lots to those whose points can be spent, or are pending: what a balance is the sum of."""

    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """What can become of points that are left."""
        return [
            ("spendable", gettext("Can be spent")),
            ("pending", gettext("Pending")),
            ("lapsed", gettext("Lapsed, not written off yet")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Lot]) -> QuerySet[Lot]:
        """The lots that stand so now."""
        now = timezone.now()
        is_active, is_over = Q(active_at__lte=now), Q(expires_at__isnull=False, expires_at__lte=now)
        standing = {"spendable": is_active & ~is_over, "pending": ~is_active & ~is_over, "lapsed": is_over}
        chosen = standing.get(self.value() or "")
        return queryset if chosen is None else queryset.filter(chosen, remaining__gt=F("held"))


@admin.register(Lot)
class LotAdmin(OfAccount):
    """Points that were earned together, and what is left of them."""

    merchant_path = "entry__merchant"
    list_display = (
        "number", "owner", "granted", "remaining", "held", "earned_at", "active_at", "waiting_for", "expires_at",
    )  # fmt: skip
    list_filter = (MerchantFilter, StandingFilter)
    list_select_related = ("account__customer",)

    @admin.display(description=_("entry"), ordering="pk")
    def number(self, lot: Lot) -> str:
        """That of the entry by which the points came."""
        return str(lot.pk)


@admin.register(LotUse)
class LotUseAdmin(ReadOnlyAdmin):
    """Which lot paid for what."""

    merchant_path = "entry__merchant"
    list_display = ("id", "lot", "entry", "points")
    list_filter = (MerchantFilter,)
    list_select_related = ("lot", "entry")
