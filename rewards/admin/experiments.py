from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.lib.admin import (
    NOTHING,
    MerchantFilter,
    ModelForm,
    OwnMerchantsAdmin,
    ReadOnlyAdmin,
    as_yaml,
    plain_yaml,
    record_action,
)
from config.lib.errors import DomainError
from rewards.engine.experiments.definition import parse_design
from rewards.engine.experiments.statistics import Verdict
from rewards.models.experiments import Experiment, ExperimentRound, ExperimentState
from rewards.models.recommendations import OptionAffinity, OptionPopularity
from rewards.selectors.experiments import Arm, result_of
from rewards.services.experiments.designs import read_design, save_experiment
from rewards.services.experiments.running import start_experiment, stop_experiment

TEMPLATE: dict[str, Any] = {
    "measure": "spend",
    "variants": [{"code": "control"}, {"code": "bonus", "policy": "a-policy"}],
    "window_days": 30,
    "days": 60,
    "held_out_percent": 0,
    "least_effect_percent": 10,
}
"""What a new experiment begins as."""

VERDICTS = {
    Verdict.BETTER: gettext_lazy("better"),
    Verdict.WORSE: gettext_lazy("worse"),
    Verdict.NO_DIFFERENCE: gettext_lazy("no difference that matters"),
    Verdict.INCONCLUSIVE: gettext_lazy("inconclusive"),
}


class ExperimentForm(ModelForm):
    """An experiment, its definition as YAML; one that begins, or ends with what everybody gets from then on."""

    definition = forms.CharField(label=gettext_lazy("Definition"), widget=forms.Textarea(attrs={"rows": 14}))
    begin = forms.BooleanField(
        label=gettext_lazy("Begin"),
        required=False,
        help_text=gettext_lazy("Begin now. It stays as it is from then on."),
    )
    end_with = forms.ChoiceField(
        label=gettext_lazy("End with"),
        required=False,
        help_text=gettext_lazy("Stop now, and give everybody what this variant gets."),
    )

    class Meta:
        model = Experiment
        fields = ("merchant", "code", "name", "definition")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        design, state = self.instance.definition, self.instance.state
        if self.instance.pk is None or state != ExperimentState.DRAFT:
            del self.fields["begin"]
        if state == ExperimentState.DRAFT:
            self.initial["definition"] = plain_yaml(design) if self.instance.pk else self.initial.get("definition")
        else:
            del self.fields["definition"]
        if state == ExperimentState.RUNNING:
            codes = [variant.code for variant in parse_design(design).variants]
            choices = [("", _("– keep it running –")), *((code, code) for code in codes)]
            self.fields["end_with"].choices = choices  # type: ignore[attr-defined]  # it is a choice
        else:
            del self.fields["end_with"]

    def clean_definition(self) -> dict[str, Any]:
        """Read what was written; what is wrong with it is said beside it."""
        try:
            return read_design(self.cleaned_data["definition"])
        except DomainError as error:
            raise ValidationError(error.detail) from error

    def _post_clean(self) -> None:
        """Try what was asked for, and take it back: what refuses it is said before anything is saved."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors or not self.instance.pk:
            return
        try:
            with transaction.atomic():
                act(self.instance, self.cleaned_data)
                transaction.set_rollback(True)
        except DomainError as error:
            self.add_error(None, error.detail)


def act(experiment: Experiment, asked: dict[str, Any]) -> str:
    """Write what was changed of an experiment, and begin it or end it, as the form asks.

    :returns: what was done; empty if nothing was asked.
    """
    now = timezone.now()
    if experiment.state == ExperimentState.DRAFT:
        save_experiment(experiment=experiment)
    if asked.get("begin"):
        start_experiment(experiment_id=experiment.pk, now=now)
        return _("Begun.")
    if winner := asked.get("end_with"):
        stop_experiment(experiment_id=experiment.pk, winner=winner, now=now)
        return _("Stopped: everybody gets what %(winner)s gets.") % {"winner": winner}
    return ""


@admin.register(Experiment)
class ExperimentAdmin(OwnMerchantsAdmin):
    """Experiments: planned, begun, stopped, and what they have shown."""

    list_display = ("name", "code", "state", "started_at", "ends_at", "winner", "merchant")
    list_filter = (MerchantFilter, "state")
    list_select_related = ("merchant",)
    search_fields = ("code__exact",)
    search_help_text = gettext_lazy("The whole code.")
    form = ExperimentForm

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What can be said of an experiment at each point of its life."""
        if obj is None:
            return ExperimentForm.Meta.fields
        asked = {ExperimentState.DRAFT: ("begin",), ExperimentState.RUNNING: ("end_with",)}.get(obj.state, ())
        said = "definition" if obj.state == ExperimentState.DRAFT else "said"
        told = ("state", "started_at", "ends_at", "stopped_at", "plan", "result")
        return ("merchant", "code", "name", said, *told, *asked)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is compared stays as it is once it has begun."""
        if obj is None:
            return ()
        computed = ("merchant", "code", "state", "started_at", "ends_at", "stopped_at", "plan", "result", "said")
        return computed if obj.state == ExperimentState.DRAFT else (*computed, "name")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new experiment begins as a template."""
        return {**super().get_changeform_initial_data(request), "definition": plain_yaml(TEMPLATE)}

    def save_model(self, request: HttpRequest, obj: Experiment, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        """Write it, begin it or stop it, as was asked."""
        if what := act(obj, form.cleaned_data):
            record_action(request, [obj], what)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: what was tried stays on record."""
        return False

    @admin.display(description=gettext_lazy("definition"))
    def said(self, experiment: Experiment) -> str:
        """What is compared."""
        return as_yaml(experiment.definition)

    @admin.display(description=gettext_lazy("plan"))
    def plan(self, experiment: Experiment) -> str:
        """From what it set out."""
        return as_yaml(experiment.plan)

    @admin.display(description=gettext_lazy("result"))
    def result(self, experiment: Experiment) -> SafeString | str:
        """What was measured of each variant, and what may be said of it."""
        result = result_of(experiment)
        if result.read_at is None:
            return NOTHING
        arms = [*result.arms, *([result.held_out] if result.held_out else [])]
        rows = (
            (arm.code, f"{arm.share / 100:g} %", arm.sample.customers, f"{arm.sample.mean:.4g}", _said(arm))
            for arm in arms
        )
        heads = (_("variant"), _("share"), _("customers"), _("mean"), _("compared with the control"))
        return format_html(
            "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}",
            format_html_join("", "<th scope='col'>{}</th>", ((head,) for head in heads)),
            format_html_join("", "<tr><th scope='row'>{}</th>" + "<td>{}</td>" * 4 + "</tr>", rows),
            _("Final.") if result.is_final else _("So far."),
        )


def _said(arm: Arm) -> str:
    if arm.comparison is None:
        return NOTHING
    if arm.comparison.interval is None:
        return str(VERDICTS[arm.comparison.verdict])
    low, high = arm.comparison.interval
    return f"{arm.comparison.difference:+.4g} ({low:+.4g} … {high:+.4g}): {VERDICTS[arm.comparison.verdict]}"


@admin.register(ExperimentRound)
class ExperimentRoundAdmin(ReadOnlyAdmin):
    """How many places each variant had, and what was measured of it."""

    list_display = ("id", "experiment", "number", "starts_at", "shares", "arms", "read_at", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("experiment", "merchant")


@admin.register(OptionPopularity)
class OptionPopularityAdmin(ReadOnlyAdmin):
    """How many customers chose which reward option lately."""

    list_display = ("option", "customers", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("option", "merchant")


@admin.register(OptionAffinity)
class OptionAffinityAdmin(ReadOnlyAdmin):
    """Which reward options are chosen together."""

    list_display = ("option", "other", "customers", "strength", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("option", "other", "merchant")
