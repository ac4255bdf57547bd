"""Trying policies out: the dry run on a page, and backtests with what they came to."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, merchants_of
from config.lib.errors import DomainError
from config.lib.money import format_amount
from credits.models.wallets import Wallet
from rewards.admin.policy_pages import page_of
from rewards.forms.trials import DryRunForm, LineFormSet, in_zone
from rewards.models.backtests import Backtest
from rewards.models.policies import Policy
from rewards.selectors.backtests import cost_difference, export_outcomes, gained_most, lost_most, points_difference
from rewards.selectors.sentences import decision_in_words
from rewards.services.trials.candidates import candidate_of
from rewards.services.trials.dry_run import DryRun, Trial, dry_run

POLL_SECONDS = 3


def dry_run_page(page: ReadOnlyAdmin, request: HttpRequest, policy: Policy | None) -> HttpResponse:
    """What a customer would get for a cart, now or later, and every step on the way; nothing is written."""
    if not page.has_view_permission(request):
        raise PermissionDenied
    asked = request.GET if "total" in request.GET else None
    form = DryRunForm(asked, merchants=merchants_of(request))
    lines = LineFormSet(asked, prefix="lines")
    decided: list[dict[str, Any]] = []
    run = None
    if asked is not None and form.is_valid() and lines.is_valid():
        try:
            run = _dry_run(form, lines)
            decided = _told(run)
        except Wallet.DoesNotExist:
            form.add_error("merchant", _("This merchant has no programme yet."))
        except DomainError as refused:
            form.add_error(None, refused.detail)
    refused_code = decision_in_words(run.refused_code) if run and run.refused_code else ""
    context = {"form": form, "lines": lines, "run": run, "decided": decided, "refused_code": refused_code}
    return page_of(page, request, "dry_run", _("Dry run"), **context)


def _dry_run(form: DryRunForm, lines: Any) -> DryRun:
    told = form.cleaned_data
    merchant = told["merchant"]
    return dry_run(
        merchant=merchant,
        trial=Trial(
            customer=told["customer"] or None,
            at=in_zone(told["at"], merchant) or timezone.now(),
            total=told["minor"],
            lines=tuple(line for each in lines if (line := each.line(merchant.currency))),
            referral_code=told["referral_code"],
            activity=told["activity"],
            candidate=candidate_of(merchant, drafts=[policy.code for policy in told["drafts"]]),
        ),
    )


def _told(run: DryRun) -> list[dict[str, Any]]:
    """The decisions for a template, each with its sentences."""
    return [
        {
            "trigger": each.trigger,
            "policies": [
                {
                    "traced": traced,
                    "gave": [
                        f"{decision_in_words(award.code, award.args)} ({award.beneficiary})" for award in traced.awards
                    ],
                    "refused": decision_in_words(traced.refusal.code, traced.refusal.args) if traced.refusal else "",
                }
                for traced in each.policies
            ],
        }
        for each in run.decided
    ]


@admin.register(Backtest)
class BacktestAdmin(ReadOnlyAdmin):
    """What other policies would have given; started on the page of a draft."""

    list_display = ("__str__", "state", "done", "total", "actor", "created_at", "finished_at", "merchant")
    list_filter = (MerchantFilter, "state")
    list_select_related = ("merchant",)

    def get_urls(self) -> list[URLPattern]:
        """The pages of the admin, and the outcomes as a file."""
        outcomes = path(
            "<int:backtest_id>/outcomes/",
            self.admin_site.admin_view(self.outcomes),
            name="rewards_backtest_outcomes",
        )
        return [outcomes, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """How far it is, or what it came to; a page that shows progress asks again by itself."""
        backtest = self.get_object(request, object_id)
        if request.method == "POST" or not self.has_view_permission(request, backtest):
            raise PermissionDenied
        context: dict[str, Any] = {"backtest": backtest}
        if backtest.totals is not None:
            context |= {
                "policies": _by_policy(backtest),
                "difference": points_difference(backtest),
                "cost": format_amount(cost_difference(backtest), backtest.merchant.currency),
                "gained": gained_most(backtest),
                "lost": lost_most(backtest),
            }
        response = page_of(self, request, "backtest", str(backtest), **context)
        if backtest.finished_at is None:
            response["Refresh"] = str(POLL_SECONDS)
        return response

    def outcomes(self, request: HttpRequest, backtest_id: int) -> HttpResponse:
        """Everybody for whom it makes a difference, as CSV."""
        backtest = self.get_object(request, str(backtest_id))
        if not self.has_view_permission(request, backtest):
            raise PermissionDenied
        response = HttpResponse(export_outcomes(backtest), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="backtest-{backtest.pk}.csv"'
        return response


def _by_policy(backtest: Backtest) -> list[tuple[str, int, int, int, int]]:
    """What each policy gave: its code, points before and after, grants before and after."""
    totals: dict[str, Any] = backtest.totals or {}
    before, after = totals["before"]["policies"], totals["after"]["policies"]
    nothing = {"points": 0, "grants": 0}
    return [
        (
            code,
            *(given.get(code, nothing)["points"] for given in (before, after)),
            *(given.get(code, nothing)["grants"] for given in (before, after)),
        )
        for code in sorted({*before, *after})
    ]
