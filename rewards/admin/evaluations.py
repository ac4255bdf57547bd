from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.lib.admin import (
    MerchantFilter,
    ReadOnlyAdmin,
    as_yaml,
    link_to,
    link_to_id,
    link_to_rows,
    links_to_rows_about,
    record_action,
)
from credits.models.entries import Entry
from rewards.admin.decisions import awards_in_words, clauses_in_words, refusals_in_words
from rewards.models.evaluations import Evaluation, EvaluationState
from rewards.services.evaluation import queue
from rewards.tasks import nudge

SUBJECTS = {
    "purchase": "referrals.purchase",
    "refund": "referrals.refund",
    "payment": "referrals.payment",
    "referral": "referrals.referral",
    "activity": "referrals.activity",
    "occurrence": "rewards.occurrence",
    "risk_decision": "referrals.riskdecision",
}


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    """What was decided and why; what failed waits here until somebody runs it again."""

    list_display = ("id", "trigger", "subject", "person", "state", "attempts", "occurred_at", "due_at", "merchant")
    list_filter = (MerchantFilter, "state", "trigger", "occurred_at")
    list_select_related = ("customer", "merchant")
    actions = ("run_again",)
    fieldsets = (
        (None, {"fields": ("merchant", "trigger", "subject", "customer", "occurred_at", "cause", "rows")}),
        (_("How it went"), {"fields": ("state", "attempts", "due_at", "failure", "created_at", "evaluated_at")}),
        (_("What was decided"), {"fields": ("awards", "refusals", "clauses", "trace")}),
    )
    readonly_fields = ("subject", "rows", "awards", "refusals", "clauses", "trace")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Evaluation]:
        """Evaluations without their decisions, which can be large; they are loaded where they are shown."""
        return super().get_queryset(request).defer("decision")

    @admin.display(description=_("about"))
    def subject(self, evaluation: Evaluation) -> str:
        """What it is about."""
        label = SUBJECTS.get(evaluation.subject_type, "")
        return link_to_id(label, evaluation.subject_id, f"{evaluation.subject_type} {evaluation.subject_id}")

    @admin.display(description=_("customer"))
    def person(self, evaluation: Evaluation) -> str:
        """Whom it is about."""
        return link_to(evaluation.customer)

    @admin.display(description=_("what came of it"))
    def rows(self, evaluation: Evaluation) -> SafeString:
        """Links to all that it wrote."""
        points = link_to_rows(Entry, _("entries"), {"evaluation_id": evaluation.pk})
        return format_html("{} · {}", points, links_to_rows_about(evaluation, self.admin_site))

    @admin.display(description=_("given"))
    def awards(self, evaluation: Evaluation) -> SafeString:
        """The awards in words."""
        return awards_in_words(evaluation)

    @admin.display(description=_("not given, and why"))
    def refusals(self, evaluation: Evaluation) -> SafeString:
        """The refusals in words."""
        return refusals_in_words(evaluation)

    @admin.display(description=_("what conditions saw"))
    def clauses(self, evaluation: Evaluation) -> SafeString:
        """The clauses of the conditions, with their values."""
        return clauses_in_words(evaluation)

    @admin.display(description=_("as it is kept"))
    def trace(self, evaluation: Evaluation) -> str:
        """The whole decision."""
        return as_yaml(evaluation.decision)

    @admin.action(description=_("Run again: five more attempts"), permissions=["act"])
    def run_again(self, request: HttpRequest, queryset: QuerySet[Evaluation]) -> None:
        """Put failed evaluations back to work."""
        with transaction.atomic():
            failed = list(queryset.filter(state=EvaluationState.FAILED))
            count = queue.run_again(evaluation_ids=[it.pk for it in failed], now=timezone.now())
            record_action(request, failed, "Put back to work.")
            transaction.on_commit(nudge)
        self.message_user(
            request, _("Back to work: %(count)s. Others had not failed.") % {"count": count}, messages.SUCCESS
        )
