from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, record_action
from config.lib.money import format_amount, major_units
from config.lib.spreadsheets import as_csv
from rewards.models.partners import Partner, Settlement
from rewards.services.partners import PeriodNotOver, close_period

COLUMNS = (
    "partner",
    "from",
    "until, not included",
    "currency",
    "option",
    "price of each",
    "taken",
    "returned",
    "amount",
)


@admin.register(Partner)
class PartnerAdmin(ReadOnlyAdmin):
    """Businesses that supply rewards; they are changed with the programme file."""

    list_display = ("name", "code", "share_percent", "is_active", "merchant", "created_at")
    list_filter = (MerchantFilter, "is_active")
    list_select_related = ("merchant",)
    readonly_fields = ("uuid",)
    actions = ("close_month",)

    @admin.action(description=_("Settle what was had until the end of last month"), permissions=["act"])
    def close_month(self, request: HttpRequest, queryset: QuerySet[Partner]) -> None:
        """Close the period of each chosen partner with the end of last month, in the merchant's zone."""
        closed = []
        for partner in queryset.select_related("merchant"):
            now = timezone.now()
            first = timezone.localdate(now, timezone=partner.zone).replace(day=1)
            try:
                with transaction.atomic():
                    settlement = close_period(partner=partner, ends_on=first, now=now)
                    record_action(request, [partner], f"Settled until {settlement.ends_on}.")
                    closed.append(str(settlement))
            except PeriodNotOver:
                self.message_user(
                    request, _("%(partner)s: there is no month to settle yet.") % {"partner": partner}, messages.WARNING
                )
        if closed:
            self.message_user(request, _("Settled: %(periods)s.") % {"periods": ", ".join(closed)}, messages.SUCCESS)


@admin.register(Settlement)
class SettlementAdmin(ReadOnlyAdmin):
    """What partners are owed, by period; to pay it is the merchant's business."""

    list_display = ("__str__", "partner", "starts_on", "ends_on", "owed", "merchant", "closed_at")
    list_filter = (MerchantFilter, "ends_on")
    list_select_related = ("partner", "merchant")
    readonly_fields = ("uuid",)
    actions = ("export",)

    @admin.display(description=_("owed"))
    def owed(self, settlement: Settlement) -> str:
        """How much, in the merchant's currency."""
        return format_amount(settlement.amount, settlement.merchant.currency)

    @admin.action(description=_("Export as CSV"), permissions=["view"])
    def export(self, request: HttpRequest, queryset: QuerySet[Settlement]) -> HttpResponse:
        """The chosen settlements, line by line."""
        rows = [COLUMNS]
        for each in queryset.select_related("partner", "merchant").order_by("partner", "starts_on"):
            currency = each.merchant.currency
            for line in each.lines:
                unit, amount = (major_units(line[name], currency) for name in ("unit_cost", "amount"))
                head = (each.partner.name, str(each.starts_on), str(each.ends_on), currency, line["option"])
                rows.append((*head, str(unit), line["taken"], line["returned"], str(amount)))
        headers = {"Content-Disposition": 'attachment; filename="settlements.csv"'}
        return HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8", headers=headers)
