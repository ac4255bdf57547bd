from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.admin import (
    NOTHING,
    MerchantFilter,
    ModelForm,
    OwnMerchantsAdmin,
    ReadOnlyAdmin,
    link_to,
    link_to_rows,
    plain_yaml,
)
from config.lib.errors import DomainError
from rewards.models.badges import Badge, BadgeAward
from rewards.models.campaigns import Campaign, Participation
from rewards.selectors.campaigns import read_terms
from rewards.services.campaigns import TEMPLATES, read_definition, save_campaign

ROUNDS_SHOWN = 5


class CampaignForm(ModelForm):
    """A campaign, its definition as YAML."""

    definition = forms.CharField(
        label=_("Definition"),
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=format_html_join(
            " · ", '<a href="?type={}">{}</a>', ((type_, type_.replace("_", " ")) for type_ in TEMPLATES)
        ),
    )

    class Meta:
        model = Campaign
        fields = ("merchant", "code", "name", "description", "definition", "budget", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["definition"] = plain_yaml(self.instance.definition)

    def clean_definition(self) -> dict[str, Any]:
        """Read what was written; what is wrong with it is said beside it."""
        try:
            return read_definition(self.cleaned_data["definition"])
        except DomainError as error:
            raise ValidationError(error.detail) from error

    def clean_budget(self) -> int | None:
        """A budget is never less than what was given."""
        budget: int | None = self.cleaned_data["budget"]
        if budget is not None and budget < self.instance.given:
            raise ValidationError(
                _("The campaign has given %(points)s points already.") % {"points": self.instance.given}
            )
        return budget


@admin.register(Campaign)
class CampaignAdmin(OwnMerchantsAdmin):
    """Campaigns: begun from a template, and how they are used. What is over becomes inactive, and stays."""

    list_display = ("name", "code", "type", "given", "budget", "is_active", "merchant")
    list_filter = (MerchantFilter, "is_active")
    list_select_related = ("merchant",)
    search_fields = ("code__exact",)
    search_help_text = _("The whole code.")
    form = CampaignForm
    fields = (*CampaignForm.Meta.fields, "uuid", "given", "rounds", "use")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What policies and other systems call it stays as it is."""
        computed = ("uuid", "given", "rounds", "use")
        return ("merchant", "code", *computed) if obj else computed

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new campaign begins as the template that was chosen."""
        chosen = TEMPLATES.get(request.GET.get("type", ""), TEMPLATES["points_multiplier"])
        return {**super().get_changeform_initial_data(request), "definition": plain_yaml(chosen)}

    def save_model(self, request: HttpRequest, obj: Campaign, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        """Write it as a programme file would."""
        save_campaign(campaign=obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: it becomes inactive instead."""
        return False

    @admin.display(description=_("type"))
    def type(self, campaign: Campaign) -> str:
        """What kind of campaign it is."""
        return str(campaign.definition["type"]).replace("_", " ")

    @admin.display(description=_("when it runs, local time"))
    def rounds(self, campaign: Campaign) -> SafeString | str:
        """The round that runs and those that follow."""
        if campaign.pk is None:
            return NOTHING
        local = timezone.now().astimezone(ZoneInfo(campaign.merchant.time_zone)).replace(tzinfo=None)
        upcoming = read_terms(campaign).terms.window.upcoming(local, ROUNDS_SHOWN)
        lines = ((each.starts or _("always"), each.ends or _("for ever")) for each in upcoming)
        return format_html_join("", "{} – {}<br>", lines) or NOTHING

    @admin.display(description=_("how it was used, by round"))
    def use(self, campaign: Campaign) -> SafeString | str:
        """Who took part, who reached the goal, and what it gave."""
        if campaign.pk is None:
            return NOTHING
        rows = Participation.objects.filter(campaign=campaign).values("round").order_by("-round")
        counted = rows.annotate(
            people=Count("pk"), completed=Count("pk", filter=Q(completed_at__isnull=False)), came_to=Sum("points")
        )[:ROUNDS_SHOWN]
        lines = (
            (
                link_to_rows(
                    Participation, each["round"] or _("always"), {"campaign": campaign.pk, "round": each["round"]}
                ),
                each["people"],
                each["completed"],
                each["came_to"],
            )
            for each in counted
        )
        return format_html_join("", gettext("{}: {} took part, {} reached the goal, {} points<br>"), lines) or NOTHING


@admin.register(Participation)
class ParticipationAdmin(ReadOnlyAdmin):
    """Who took part in which round of which campaign."""

    list_display = ("id", "person", "campaign", "round", "joined_at", "completed_at", "points", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("customer", "campaign", "merchant")

    @admin.display(description=_("customer"))
    def person(self, participation: Participation) -> str:
        """Who took part."""
        return link_to(participation.customer)


@admin.register(Badge)
class BadgeAdmin(ReadOnlyAdmin):
    """What customers can be proud of; it is changed with the programme file."""

    list_display = ("name", "code", "is_active", "merchant")
    list_filter = (MerchantFilter, "is_active")
    list_select_related = ("merchant",)


@admin.register(BadgeAward)
class BadgeAwardAdmin(ReadOnlyAdmin):
    """Who has which badge."""

    list_display = ("id", "person", "badge", "awarded_at", "revoked_at", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("customer", "badge", "merchant")

    @admin.display(description=_("customer"))
    def person(self, award: BadgeAward) -> str:
        """Who has it."""
        return link_to(award.customer)
