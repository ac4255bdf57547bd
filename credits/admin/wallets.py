from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, OwnMerchantsAdmin, record_action
from config.lib.dates import add_months
from credits.admin.liability import export, tables
from credits.forms import PeriodForm
from credits.models.wallets import Wallet
from credits.services.liability import Liability, read_liability


@admin.register(Wallet)
class WalletAdmin(OwnMerchantsAdmin):
    """The terms on which a merchant's points are kept, and the report of what is owed to customers."""

    list_display = ("merchant", "code", "unit_name", "is_default", "expiry_months", "return_policy", "owed")
    list_display_links = ("code",)
    list_filter = (MerchantFilter,)
    list_select_related = ("merchant",)

    def get_urls(self) -> list[URLPattern]:
        """The pages of the admin, and the report."""
        report = self.admin_site.admin_view(self.liability)
        return [path("<int:wallet_id>/liability/", report, name="credits_wallet_liability"), *super().get_urls()]

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """The report is offered to whoever may read it."""
        return self.list_display if _may_report(request) else self.list_display[:-1]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Accounts hang on which wallet it is, and tiers on its window, which a programme changes and realigns them."""
        return ("merchant", "code", "is_default", "tier_window") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: it holds customers' points."""
        return False

    @admin.display(description=_("owed to customers"))
    def owed(self, wallet: Wallet) -> str:
        """The way to the report."""
        return format_html('<a href="{}">Report</a>', reverse("admin:credits_wallet_liability", args=[wallet.pk]))

    def liability(self, request: HttpRequest, wallet_id: int) -> HttpResponse:
        """The report of a period, this month if none is named; posted, it is exported, which the history tells."""
        wallet = self.get_object(request, str(wallet_id))
        if not _may_report(request):
            raise PermissionDenied
        now = timezone.now()
        is_export = request.method == "POST"
        form = PeriodForm((request.POST if is_export else request.GET) or _this_month(wallet, now))
        report = _read(wallet, form, now) if form.is_valid() else None
        if report is not None and is_export:
            return self._exported(request, report)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("What is owed to customers"),
            "original": wallet,
            "form": form,
            "now": now,
            "report": report,
            "tables": tables(report) if report else [],
        }
        return TemplateResponse(request, "admin/credits/wallet/liability.html", context)

    def _exported(self, request: HttpRequest, report: Liability) -> HttpResponse:
        days = f"{report.start:%Y-%m-%d} to {report.end:%Y-%m-%d}"
        with transaction.atomic():
            record_action(request, [report.wallet], f"Exported what is owed to customers, {days}.")
        name = f"liability {report.wallet.merchant.slug} {days}.csv".replace(" ", "-")
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(export(report), content_type="text/csv; charset=utf-8", headers=headers)


def _may_report(request: HttpRequest) -> bool:
    return request.user.has_perm("credits.report_liability")


def _this_month(wallet: Wallet, now: datetime) -> dict[str, Any]:
    first = now.astimezone(ZoneInfo(wallet.merchant.time_zone)).date().replace(day=1)
    return {"start": first, "end": add_months(first, 1)}


def _read(wallet: Wallet, form: PeriodForm, now: datetime) -> Liability:
    zone = ZoneInfo(wallet.merchant.time_zone)
    start, end = (datetime.combine(form.cleaned_data[name], time.min, tzinfo=zone) for name in ("start", "end"))
    return read_liability(wallet=wallet, start=start, end=end, now=now)
