"""Writing a policy: by fields, with rows for its condition, or word for word."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.errors import Invalid
from rewards.engine.definition import KEEP, PRIORITY_MAX, REVOKE
from rewards.engine.expressions.checker import Name
from rewards.engine.expressions.lexer import LENGTH_MAX
from rewards.engine.expressions.rows import AND, COMPARISONS, OR, Row, read_rows, write_rows
from rewards.engine.kinds.steps import BADGE, EVENT, TIER_STEP
from rewards.engine.limits import PERIODS
from rewards.engine.milestones import SCOPES
from rewards.engine.schedules import WEEKDAYS
from rewards.engine.terms import EMAIL_VERIFIED
from rewards.engine.triggers import REFEREE, TRIGGERS
from rewards.forms.definitions import GRANT, definition_of, field_of, initial_of
from rewards.forms.fields import Multipliers, Numbers, Words, YamlField

ROWS_SPARE = 3
EFFECTS = (
    ("fixed", _("Points: so many in all")),
    ("per_unit", _("Points: so many for each item")),
    ("per_currency_unit", _("Points: so many for each unit of the currency")),
    (GRANT, _("A reward option")),
    (BADGE, _("A badge")),
    (TIER_STEP, _("A step up the tiers")),
    (EVENT, _("Nothing; other systems are told")),
)
WEEKDAY_CHOICES = [(day, day.title()) for day in WEEKDAYS]
BY_ROWS, BY_EXPRESSION = "rows", "expression"
_BESIDE = 30
_DECIMAL = r"^[0-9]{1,12}(\.[0-9]{1,12})?$"


def all_names() -> dict[str, Name]:
    """Every name that some condition may use, with what it means."""
    return {name: row for trigger in TRIGGERS.values() for name, row in trigger.vocabulary(REFEREE).items()}


class RowForm(forms.Form):
    """One row of a condition."""

    join = forms.ChoiceField(
        label=_("And or or"), choices=((AND, _("and")), (OR, _("or"))), initial=AND, required=False
    )
    fact = forms.ChoiceField(label=_("Fact"), required=False)
    of = forms.CharField(label=_("of category"), required=False, max_length=100)
    comparison = forms.ChoiceField(
        label=_("Comparison"), choices=[(sign, _(words)) for sign, words in COMPARISONS.items()], required=False
    )
    value = forms.CharField(label=_("Value"), required=False, max_length=LENGTH_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fact: Any = self.fields["fact"]
        fact.choices = [("", "–"), *((name, f"{name}: {_(row.meaning)}") for name, row in all_names().items())]

    def row(self) -> Row | None:
        """The row that is filled in; None if none is."""
        told = self.cleaned_data
        if not told.get("fact"):
            return None
        fact = f"{told['fact']}[{told['of']}]" if told["of"] else told["fact"]
        return Row(fact, told["comparison"] or "==", told["value"], told["join"] or AND)


RowFormSet = forms.formset_factory(RowForm, extra=ROWS_SPARE, max_num=30)


def rows_of(when: str) -> list[dict[str, str]] | None:
    """What the rows show of a condition; None if rows cannot say it."""
    if not when:
        return []
    rows = read_rows(when, all_names())
    if rows is None:
        return None
    shown = []
    for row in rows:
        fact, _bracket, key = row.fact.partition("[")
        of = key.removesuffix("]")
        shown.append({"join": row.join, "fact": fact, "of": of, "comparison": row.comparison, "value": row.value})
    return shown


class WordsForm(forms.Form):
    """What all ways of writing a policy have in common."""

    name = forms.CharField(label=_("Name"), max_length=100)
    examples = YamlField(
        label=_("Examples"),
        required=False,
        help_text=_("What the policy gives, in YAML, as in the programme file. All must hold before it is published."),
    )

    def clean_examples(self) -> list[Any]:
        """The examples; without any, an empty list."""
        return self.cleaned_data["examples"] or []

    def definition(self) -> dict[str, Any]:
        """What the policy says."""
        raise NotImplementedError

    def mark(self, refused: Invalid) -> None:
        """Say what is wrong beside the fields in which it is."""
        for error in refused.errors or [{"pointer": "", "detail": refused.detail}]:
            name = field_of(str(error["pointer"]))
            text = f"{error['detail']}{self._place(error)}"
            self.add_error(name if name in self.fields else None, text if name in self.fields else self._located(error))

    def _place(self, error: Mapping[str, Any]) -> str:
        """The place within a condition, with what stands around it."""
        if "offset" not in error:
            return ""
        when, offset = self.definition().get("when", ""), error["offset"]
        return f": {when[max(0, offset - _BESIDE) : offset]} ▸ {when[offset : offset + _BESIDE]}"

    def _located(self, error: Mapping[str, Any]) -> str:
        return f"{error['pointer']}: {error['detail']}".removeprefix(": ")


class TextForm(WordsForm):
    """A policy word for word."""

    text = YamlField(label=_("Definition"), help_text=_("In YAML, as in the programme file."))
    field_order = ("name", "text", "examples")

    def clean_text(self) -> dict[str, Any]:
        """The definition, which is a mapping."""
        if not isinstance(self.cleaned_data["text"], dict):
            raise forms.ValidationError(_("A definition is a mapping of keys to values."))
        return self.cleaned_data["text"]

    def definition(self) -> dict[str, Any]:
        """What the policy says."""
        return dict(self.cleaned_data["text"])


class PolicyForm(WordsForm):
    """A policy by its fields; `rows` are the rows of its condition."""

    trigger = forms.ChoiceField(label=_("When"), choices=[(row.name, _(row.label)) for row in TRIGGERS.values()])
    activity = forms.CharField(
        label=_("Which activity"), required=False, help_text=_("Such as social_share; empty: any.")
    )
    every_weekdays = forms.MultipleChoiceField(
        label=_("Every"), required=False, choices=WEEKDAY_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    every_month_days = Numbers(
        label=_("Or on these days of the month"), required=False, help_text=_("Such as 1, 15; 31 is always the last.")
    )
    schedule_from = forms.DateTimeField(label=_("From"), required=False, help_text=_("In the merchant's time zone."))
    schedule_to = forms.DateTimeField(label=_("Until"), required=False)
    schedule_weekdays = forms.MultipleChoiceField(
        label=_("On these days"),
        required=False,
        choices=WEEKDAY_CHOICES,
        widget=forms.CheckboxSelectMultiple,
    )
    schedule_opens = forms.CharField(label=_("From this hour"), required=False, help_text=_("Such as 18:00."))
    schedule_closes = forms.CharField(label=_("Until this hour"), required=False)
    condition_as = forms.ChoiceField(
        label=_("The condition is written"),
        choices=((BY_ROWS, _("by the rows")), (BY_EXPRESSION, _("as the expression"))),
        widget=forms.RadioSelect,
        initial=BY_ROWS,
    )
    when = forms.CharField(
        label=_("Expression"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 100, "spellcheck": "false"}),
        help_text=_("In a subset of CEL. If the rows are chosen, they write it."),
        strip=False,
    )
    beneficiary = forms.ChoiceField(
        label=_("Who gets it"),
        choices=[(word, word) for word in dict.fromkeys(w for row in TRIGGERS.values() for w in row.beneficiaries)],
    )
    effect = forms.ChoiceField(label=_("What"), choices=EFFECTS)
    amount = forms.CharField(label=_("How many points"), required=False)
    category = forms.CharField(label=_("Of this category only"), required=False)
    categories = Multipliers(
        label=_("Multipliers of categories"), required=False, help_text=_("One a line, such as electronics: 2")
    )
    excluded_categories = Words(label=_("Categories that earn nothing"), required=False)
    only_categories = forms.BooleanField(label=_("Other categories earn nothing"), required=False)
    tier_multiplier = forms.BooleanField(label=_("Times the multiplier of the tier"), required=False)
    campaign_multiplier = forms.BooleanField(label=_("Times the multipliers of campaigns"), required=False)
    max_multiplier = forms.CharField(label=_("Multipliers together at most"), required=False)
    counts_for_tier = forms.BooleanField(label=_("The points count towards the tier"), required=False, initial=True)
    pending_days = forms.IntegerField(label=_("Days until they can be spent"), required=False, min_value=0)
    pending_until = forms.ChoiceField(
        label=_("They wait until"), required=False, choices=(("", "–"), (EMAIL_VERIFIED, _("the e-mail is verified")))
    )
    expiry_months = forms.IntegerField(label=_("Months until they lapse"), required=False, min_value=1)
    expires = forms.BooleanField(label=_("They never lapse"), required=False)
    option = forms.CharField(
        label=_("Which one"),
        required=False,
        help_text=_("The code of a reward option or badge, or a word for others."),
    )
    quantity = forms.IntegerField(label=_("How many of it"), required=False, min_value=1)
    milestone_scope = forms.ChoiceField(
        label=_("Milestones: counted"), required=False, choices=(("", "–"), *((scope, scope) for scope in SCOPES))
    )
    milestone_measure = forms.CharField(
        label=_("What is counted"), required=False, help_text=_("purchases, or units: and a category: units:meals")
    )
    milestone_at = Numbers(label=_("At these numbers"), required=False, help_text=_("Such as 1, 100, 1000"))
    milestone_every = forms.IntegerField(label=_("Or every so many"), required=False, min_value=1)
    limit_purchase_points = forms.IntegerField(label=_("Points for a purchase at most"), required=False)
    limit_times = forms.IntegerField(label=_("Times for a customer at most"), required=False)
    limit_points = forms.IntegerField(label=_("Points for a customer at most"), required=False)
    limit_per = forms.ChoiceField(
        label=_("In each"), required=False, choices=[(period, period) for period in PERIODS], initial=PERIODS[-1]
    )
    on_refund = forms.ChoiceField(
        label=_("A refund"), choices=((REVOKE, _("takes it back")), (KEEP, _("lets them keep it")))
    )
    priority = forms.IntegerField(
        label=_("Priority"),
        initial=0,
        min_value=-PRIORITY_MAX,
        max_value=PRIORITY_MAX,
        help_text=_("Higher goes first."),
    )
    exclusive_group = forms.CharField(
        label=_("Exclusive group"), required=False, help_text=_("Of one group, only the first that gives does so.")
    )
    campaign = forms.CharField(label=_("Only with the campaign"), required=False, help_text=_("Its code."))
    sections = (
        (_("When"), ("trigger", "activity", "every_weekdays", "every_month_days")),
        (
            _("Schedule"),
            ("schedule_from", "schedule_to", "schedule_weekdays", "schedule_opens", "schedule_closes"),
        ),
        (_("What it gives"), ("beneficiary", "effect", "amount", "option", "quantity")),
        (
            _("How the points are reckoned"),
            (
                "category", "categories", "excluded_categories", "only_categories", "tier_multiplier",
                "campaign_multiplier",
                "max_multiplier", "counts_for_tier", "pending_days", "pending_until", "expiry_months", "expires",
            ),
        ),
        (_("Milestones"), ("milestone_scope", "milestone_measure", "milestone_at", "milestone_every")),
        (
            _("Limits"),
            (
                "limit_purchase_points", "limit_times", "limit_points", "limit_per", "on_refund", "priority",
                "exclusive_group", "campaign",
            ),
        ),
        (_("Examples"), ("examples",)),
    )  # fmt: skip

    def __init__(self, *args: Any, rows: Sequence[Row] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._rows = rows

    def fieldsets(self) -> list[tuple[Any, list[Any]]]:
        """The fields of each section, for a template."""
        return [(title, [self[name] for name in names]) for title, names in self.sections]

    def clean_amount(self) -> int | str:
        """A whole number of points as one, and a rate as it was typed."""
        text: str = self.cleaned_data["amount"].strip()
        if text and not re.fullmatch(_DECIMAL, text):
            raise forms.ValidationError(_("A number, such as 10 or 1.5."))
        return int(text) if text.isdigit() else text

    def definition(self) -> dict[str, Any]:
        """What the policy says."""
        told = dict(self.cleaned_data)
        if told.get("condition_as") == BY_ROWS:
            told["when"] = write_rows(self._rows, all_names())
        return definition_of(told)


def shows_all(definition: Mapping[str, Any]) -> bool:
    """Whether the fields of the form can say all that a definition says."""
    try:
        told = initial_of(definition)
        return _same(definition_of(told), definition)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False


def _same(one: Any, other: Any) -> bool:
    """Whether two definitions say the same, whatever stands in them for what is usual."""
    usual = {"on_refund": REVOKE, "priority": 0}
    return {**usual, **one} == {**usual, **other}
