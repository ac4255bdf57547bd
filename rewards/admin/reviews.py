from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ModelAdmin, ModelForm, ReadOnlyAdmin, link_to
from referrals.models.risk import RiskDecision, Verdict
from rewards.services.reviews import NothingToDecide, decide_referral
from rewards.tasks import nudge


class DecisionForm(ModelForm):
    class Meta:
        model = RiskDecision
        fields = ("referral", "verdict", "is_appeal", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 4})}


@admin.register(RiskDecision)
class RiskDecisionAdmin(ReadOnlyAdmin):
    """Decisions about referrals that stood out: made here, and never changed; another may follow an appeal."""

    form = DecisionForm
    list_display = ("about", "verdict", "is_appeal", "decided_by", "decided_at", "merchant")
    list_filter = (MerchantFilter, "verdict", "is_appeal", "decided_at")
    list_select_related = ("referral", "decided_by", "merchant")
    raw_id_fields = ("referral",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether this person may decide."""
        return ModelAdmin.has_add_permission(self, request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is asked for a new decision, or shown of one that was made."""
        asked = DecisionForm.Meta.fields
        return ("merchant", *asked, "decided_by", "decided_at") if obj else asked

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Decide; what cannot be decided is told, and nothing is done."""
        try:
            return super().add_view(request, form_url, extra_context)
        except NothingToDecide as refused:
            self.message_user(request, refused.detail, messages.ERROR)
            return redirect("admin:referrals_referral_changelist")

    def save_model(self, request: HttpRequest, obj: RiskDecision, form: Any, change: Any) -> None:
        """Let the service decide, in the name of this person."""
        person: Any = request.user
        made = decide_referral(
            referral=obj.referral,
            verdict=Verdict(obj.verdict),
            decided_by=person,
            note=obj.note,
            is_appeal=obj.is_appeal,
            now=timezone.now(),
        )
        obj.pk = made.pk
        nudge()

    @admin.display(description=_("referral"))
    def about(self, decision: RiskDecision) -> str:
        """Which referral it is about."""
        return link_to(decision.referral)
