from urllib.parse import urlencode

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.lib.admin import NOTHING, MerchantFilter, ReadOnlyAdmin, link_to
from referrals.models.referrals import Referral, ReferralMove
from referrals.models.risk import CustomerTrace, RiskSignal


@admin.register(Referral)
class ReferralAdmin(ReadOnlyAdmin):
    """Who brought whom; those that wait for a decision are the queue of whoever looks at them."""

    list_display = (
        "uuid", "brought_by", "friend", "referral_link", "status", "risk", "risk_score", "claimed_at", "qualified_at",
        "merchant",
    )  # fmt: skip
    list_filter = (MerchantFilter, "risk", "status", "share_link__channel")
    list_select_related = ("referrer", "referee", "referral_link", "merchant")
    fieldsets = (
        (None, {"fields": ("uuid", "merchant", "referrer", "referee", "referral_link", "share_link", "status")}),
        (_("When"), {"fields": ("claimed_at", "joined_at", "qualified_at", "rewarded_at", "reversed_at")}),
        (_("What stands out"), {"fields": ("risk", "risk_score", "signals", "decisions", "decide")}),
        (_("History"), {"fields": ("history",)}),
    )
    readonly_fields = ("uuid", "signals", "decisions", "decide", "history")

    @admin.display(description=_("referrer"))
    def brought_by(self, referral: Referral) -> str:
        """Who shared the code."""
        return link_to(referral.referrer)

    @admin.display(description=_("friend"))
    def friend(self, referral: Referral) -> str:
        """Who came by it."""
        return link_to(referral.referee)

    @admin.display(description=_("signals"))
    def signals(self, referral: Referral) -> SafeString | str:
        """The evidence: what stands out about these two, the weightiest first."""
        found = RiskSignal.objects.filter(referee=referral.referee_id, referrer=referral.referrer_id)
        return _lines(
            (link_to(signal, f"{signal.get_kind_display()} ({signal.score})"), signal.evidence.get("count", ""))
            for signal in found.order_by("-score", "pk")
        )

    @admin.display(description=_("decisions"))
    def decisions(self, referral: Referral) -> SafeString | str:
        """What was decided about it, the newest first."""
        made = referral.decisions.select_related("decided_by").order_by("-pk")
        return _lines((link_to(each, each.get_verdict_display()), each.decided_at) for each in made)

    @admin.display(description="")
    def decide(self, referral: Referral) -> SafeString:
        """The way to a decision."""
        url = f"{reverse('admin:referrals_riskdecision_add')}?{urlencode({'referral': referral.pk})}"
        return format_html('<a href="{}">{}</a>', url, _("Decide about this referral"))

    @admin.display(description=_("steps"))
    def history(self, referral: Referral) -> SafeString | str:
        """Every step, the newest first."""
        return _lines(
            (f"{move.get_status_display()}: {move.reason}, {move.actor}", move.moved_at)
            for move in referral.moves.order_by("-sequence")
        )


def _lines(rows: object) -> SafeString | str:
    return format_html_join("", "<div>{} · {}</div>", rows) or NOTHING  # type: ignore[arg-type]  # pairs


@admin.register(ReferralMove)
class ReferralMoveAdmin(ReadOnlyAdmin):
    """The steps of referrals."""

    list_display = ("referral", "sequence", "status", "reason", "actor", "moved_at", "merchant")
    list_filter = (MerchantFilter, "status")
    list_select_related = ("referral", "merchant")


@admin.register(RiskSignal)
class RiskSignalAdmin(ReadOnlyAdmin):
    """What stood out about friends and referrers; what kept a friend from joining is here too."""

    list_display = ("kind", "score", "blocks", "friend", "brought_by", "noticed_at", "merchant")
    list_filter = (MerchantFilter, "blocks", "kind")
    list_select_related = ("referrer", "referee", "merchant")

    @admin.display(description=_("referrer"))
    def brought_by(self, signal: RiskSignal) -> str:
        """Whose code it was."""
        return link_to(signal.referrer)

    @admin.display(description=_("friend"))
    def friend(self, signal: RiskSignal) -> str:
        """Who brought it."""
        return link_to(signal.referee)


@admin.register(CustomerTrace)
class CustomerTraceAdmin(ReadOnlyAdmin):
    """By what customers may be recognised; only hashes are kept."""

    list_display = ("kind", "who", "first_seen_at", "merchant")
    list_filter = (MerchantFilter, "kind")
    list_select_related = ("customer", "merchant")
    fields = ("merchant", "customer", "kind", "first_seen_at")

    @admin.display(description=_("customer"))
    def who(self, trace: CustomerTrace) -> str:
        """Whose it is."""
        return link_to(trace.customer)
