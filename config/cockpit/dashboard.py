"""The dashboard of one merchant: charts and tables in which each number leads to its rows."""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.cockpit.figures import FUNNEL_DAYS, Figures, ask_for_figures, figures_for_page
from config.cockpit.queues import waiting
from config.lib.admin import link_to_id, link_to_rows, merchants_of
from config.lib.money import format_amount
from config.lib.numbers import percentage, written
from credits.models.accounts import Account
from credits.models.entries import Entry
from referrals.models.customers import Customer
from referrals.models.links import Click
from referrals.models.merchants import Merchant
from referrals.models.referrals import Referral, ReferralStatus
from referrals.selectors.funnel import STANDING, FunnelStep
from referrals.selectors.growth import STAYS_AFTER_DAYS, Cohort
from rewards.models.campaigns import Campaign

MERCHANTS_OFFERED_MAX = 100
CAMPAIGNS = 10
ALL_BUT_REJECTED = ",".join(status for status in ReferralStatus if status != ReferralStatus.REJECTED)
NOT_UNDONE = ",".join(
    status for status in ReferralStatus if status not in {ReferralStatus.REJECTED, ReferralStatus.REVERSED}
)

Cell = str | SafeString
Link = Callable[[type[Model], object, dict[str, object]], SafeString]


class Table(NamedTuple):
    """Rows of cells under headings; the first cell names the row."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    note: str = ""


def dashboard(request: HttpRequest) -> dict[str, Any]:
    """What the first page of the admin shows to this person, of the merchant whom they chose or else their first."""
    offered = list(merchants_of(request).order_by("name", "pk")[:MERCHANTS_OFFERED_MAX])
    merchant = _chosen(request, offered)
    if merchant is None or not request.user.has_perm("referrals.view_referral"):
        return {}
    figures = figures_for_page(merchant=merchant, now=timezone.now())
    context: dict[str, Any] = {"merchants": offered, "merchant": merchant, "figures": figures}
    context["queues"] = _queues(request, merchant)
    context["campaigns"] = _campaigns(merchant)
    if figures is None:
        ask_for_figures(merchant=merchant)
        return context
    return context | _charts(figures, merchant) | {"tables": list(_tables(request, figures, merchant))}


def _chosen(request: HttpRequest, offered: Sequence[Merchant]) -> Merchant | None:
    asked = request.GET.get("merchant", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        own: Merchant | None = merchants_of(request).filter(pk=asked).first()
        return own or next(iter(offered), None)
    return next(iter(offered), None)


def _charts(figures: Figures, merchant: Merchant) -> dict[str, Any]:
    names = [_month(each.month.start, merchant) for each in figures.months]
    columns = ("issued", "redeemed", "expired")
    titles = (_("Points issued"), _("Points redeemed"), _("Points expired"))
    stayed = [
        (sum(each.brought_stayed for each in figures.cohorts), sum(each.brought for each in figures.cohorts)),
        (sum(each.others_stayed for each in figures.cohorts), sum(each.others for each in figures.cohorts)),
    ]
    return {
        "charts": [
            (title, [(name, getattr(each, column)) for name, each in zip(names, figures.months, strict=True)])
            for title, column in zip(titles, columns, strict=True)
        ],
        "rings": [
            (title, done, whole)
            for title, (done, whole) in zip((_("Brought by a friend"), _("All others")), stayed, strict=True)
            if whole
        ],
        "stays_after_days": STAYS_AFTER_DAYS,
        "funnel_days": FUNNEL_DAYS,
        "k_factor": None if figures.k_factor is None else written(round(Decimal(figures.k_factor), 3)),
    }


def _tables(request: HttpRequest, figures: Figures, merchant: Merchant) -> Sequence[Table]:
    def link(model: type[Model], number: object, lookups: dict[str, object]) -> SafeString:
        text = written(number) if isinstance(number, int) else number
        return link_to_rows(model, text, {"merchant": merchant.pk, **lookups})

    tables = [_points(figures, merchant, link)]
    if request.user.has_perm("credits.report_liability"):
        tables.append(_liability(figures, merchant, link))
    return [
        *tables,
        _funnel(figures, link),
        _growth(figures, link),
        _retention(figures.cohorts, merchant, link),
        _top(figures, link),
    ]


def _points(figures: Figures, merchant: Merchant, link: Link) -> Table:
    def row(number: int, kind: str, start: str, end: str) -> SafeString:
        return link(Entry, number, {"kind": kind, "posted_at__gte": start, "posted_at__lt": end})

    rows = []
    for each in reversed(figures.months):
        span = (each.month.start.isoformat(), each.month.end.isoformat())
        rows.append(
            (
                _month(each.month.start, merchant),
                row(each.issued, "earned", *span),
                row(each.redeemed, "redeemed", *span),
                row(each.expired, "expired", *span),
            )
        )
    headings = (_("Month"), _("Issued"), _("Redeemed"), _("Expired"))
    return Table(_("Points by month"), headings, rows, _("By the moment of posting, in the merchant's zone."))


def _liability(figures: Figures, merchant: Merchant, link: Link) -> Table:
    rows = [
        (
            format_html('<a href="{}">{}</a>', reverse("admin:credits_wallet_liability", args=[each.wallet_id]), name),
            link(Account, each.points, {"wallet": each.wallet_id}),
            link(Account, each.owed, {"wallet": each.wallet_id, "owed__gt": 0}),
            format_amount(each.value, merchant.currency),
        )
        for each in figures.outstanding
        for name in [each.unit_name]
    ]
    return Table(
        _("Owed to customers"), (_("Wallet"), _("Points held"), _("Points owed by customers"), _("Worth")), rows
    )


def _funnel(figures: Figures, link: Link) -> Table:
    since = figures.since.isoformat()

    def row(step: FunnelStep) -> tuple[Cell, ...]:
        clicks: dict[str, object] = {"clicked_at__gte": since, "link__channel": step.key}
        whose: dict[str, object] = (
            {"share_link__channel": step.key} if step.key else {"share_link__isnull": True}
        )  # Whoever came without a link.
        friends = {"joined_at__gte": since, "status__in": ALL_BUT_REJECTED, **whose}
        stands = {**friends, "status__in": ",".join(STANDING)}
        return (
            step.key or _("without a link"),
            link(Click, step.clicked, clicks) if step.key else str(step.clicked),
            written(step.visitors),
            link(Referral, step.joined, friends),
            link(Referral, step.bought, stands),
            link(Referral, step.rewarded, {**friends, "rewarded_at__isnull": False, "status__in": NOT_UNDONE}),
        )

    headings = (_("Channel"), _("Clicks"), _("Visitors"), _("Joined"), _("Bought"), _("Rewarded"))
    rows = [row(step) for step in figures.funnel]
    return Table(_("Friends by channel, %(days)d days") % {"days": FUNNEL_DAYS}, headings, rows)


def _growth(figures: Figures, link: Link) -> Table:
    since = figures.since.isoformat()
    friends: dict[str, object] = {"joined_at__gte": since, "status__in": ALL_BUT_REJECTED}
    before: dict[str, object] = {"created_at__lt": since, "erased_at__isnull": True, "merged_into__isnull": True}
    rows = (
        (_("Customers before"), link(Customer, figures.customers, before)),
        (_("Visitors they sent"), link(Click, figures.visitors, {"clicked_at__gte": since})),
        (
            _("Friends who joined"),
            link(Referral, figures.joined, friends),
        ),
    )
    return Table(
        _("K-factor"),
        (_("In %(days)d days") % {"days": FUNNEL_DAYS}, _("How many")),
        rows,
        _("Visitors a customer × friends a visitor: the new customers whom a customer brings in this time."),
    )


def _retention(cohorts: Sequence[Cohort], merchant: Merchant, link: Link) -> Table:
    def row(cohort: Cohort) -> tuple[Cell, ...]:
        span: dict[str, object] = {
            "created_at__gte": cohort.start.isoformat(),
            "created_at__lt": cohort.end.isoformat(),
        }
        return (
            _month(cohort.start, merchant),
            link(Customer, cohort.brought, {**span, "brought": "yes"}),
            link(Customer, _share(cohort.brought_stayed, cohort.brought), {**span, "brought": "yes", "stayed": "yes"}),
            link(Customer, cohort.others, {**span, "brought": "no"}),
            link(Customer, _share(cohort.others_stayed, cohort.others), {**span, "brought": "no", "stayed": "yes"}),
        )

    headings = (_("New in"), _("Brought by a friend"), _("stayed"), _("All others"), _("stayed"))
    note = _("A customer stays who buys something %(days)d days, or more, after they were new.")
    return Table(_("Who stays"), headings, [row(it) for it in reversed(cohorts)], note % {"days": STAYS_AFTER_DAYS})


def _top(figures: Figures, link: Link) -> Table:
    rows = [
        (
            link_to_id("referrals.customer", each.customer_id, each.public_id),
            link(Referral, each.friends, {"referrer": each.customer_id, "status__in": ",".join(STANDING)}),
        )
        for each in figures.top
    ]
    return Table(_("Who brought most friends"), (_("Customer"), _("Friends whose purchase stands")), rows)


def _queues(request: HttpRequest, merchant: Merchant) -> list[tuple[str, Cell, datetime | None]]:
    seen: list[tuple[str, Cell, datetime | None]] = []
    for each in waiting(merchant):
        meta = each.queue.model._meta
        if request.user.has_perm(f"{meta.app_label}.view_{meta.model_name}"):
            lookups = {"merchant": merchant.pk, **_exactly(each.queue.lookups)}
            seen.append(
                (str(each.queue.title), link_to_rows(each.queue.model, written(each.rows), lookups), each.oldest)
            )
    return seen


def _campaigns(merchant: Merchant) -> list[Campaign]:
    """Those that run and have a budget, the most spent first."""
    rows = Campaign.objects.filter(merchant=merchant, is_active=True, budget__gt=0)
    return list(rows.order_by("-given", "pk")[:CAMPAIGNS])


def _exactly(lookups: dict[str, str]) -> dict[str, str]:
    """The lookups as the filters at the side of a list name them, so that they are shown as chosen."""
    return {f"{name}__exact": value for name, value in lookups.items()}


def _share(part: int, whole: int) -> str:
    return f"{written(part)} ({percentage(part / whole)})" if whole else "0"


def _month(start: Any, merchant: Merchant) -> str:
    return date_format(start.astimezone(ZoneInfo(merchant.time_zone)), "N Y")
