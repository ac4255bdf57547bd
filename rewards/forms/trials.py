"""What staff type in to try policies out, to publish them, and to begin a programme."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from config.lib.errors import DomainError
from referrals.models.merchants import Merchant
from referrals.selectors import get_customer
from rewards.engine.facts import Line
from rewards.engine.triggers import KIND_PATTERN
from rewards.models.policies import Policy, VersionStatus
from rewards.services.programmes.amounts import AMOUNT_MAX, minor_units
from rewards.services.programmes.shipped import shipped_slugs

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"})
SPARE_LINES = 4


def in_zone(moment: datetime | None, merchant: Merchant) -> datetime | None:
    """What was typed as a local time of the merchant."""
    return None if moment is None else moment.replace(tzinfo=ZoneInfo(merchant.time_zone))


class PublishForm(forms.Form):
    """From when something is to hold."""

    at = forms.DateTimeField(
        label=_("From"), required=False, widget=MOMENT, help_text=_("In the merchant's time zone. Empty: at once.")
    )


class PeriodForm(forms.Form):
    """What a backtest goes through."""

    starts_at = forms.DateTimeField(label=_("Count from"), required=False, widget=MOMENT)
    ends_at = forms.DateTimeField(label=_("Until"), required=False, widget=MOMENT)

    def clean(self) -> dict[str, Any]:
        """A period, if both its ends are given."""
        told: dict[str, Any] = self.cleaned_data
        if told.get("starts_at") and told.get("ends_at") and told["ends_at"] <= told["starts_at"]:
            self.add_error("ends_at", _("A period ends after it begins."))
        return told


class DryRunForm(forms.Form):
    """Somebody of a merchant buys something, does something else, or a day comes for them."""

    merchant = forms.ModelChoiceField(Merchant.objects.none(), label=_("Merchant"))
    customer = forms.CharField(
        label=_("Customer"), required=False, help_text=_("The merchant's id, or ours; empty: somebody new.")
    )
    total = forms.DecimalField(
        label=_("Total"), required=False, min_value=0, max_value=AMOUNT_MAX, help_text=_("What is paid, such as 25.00.")
    )
    referral_code = forms.CharField(label=_("Referral code"), required=False, max_length=64)
    activity = forms.RegexField(
        f"^({KIND_PATTERN})?$", label=_("Or an activity"), required=False, max_length=40, help_text=_("social_share")
    )
    day = forms.BooleanField(
        label=_("Or a day of the calendar comes"), required=False, help_text=_("That of the moment below.")
    )
    at = forms.DateTimeField(
        label=_("At"), required=False, widget=MOMENT, help_text=_("In the merchant's time zone; empty: now.")
    )
    drafts = forms.ModelMultipleChoiceField(
        Policy.objects.none(), label=_("With these drafts"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, merchants: QuerySet[Merchant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        merchant: Any = self.fields["merchant"]
        merchant.queryset = merchants.order_by("name")
        drafts: Any = self.fields["drafts"]
        drafted = Policy.objects.filter(merchant__in=merchants, versions__status=VersionStatus.DRAFT)
        drafts.queryset = drafted.order_by("merchant", "name")

    def clean(self) -> dict[str, Any]:
        """The customer and the drafts are the merchant's; something is tried."""
        told: dict[str, Any] = self.cleaned_data
        merchant = told.get("merchant")
        if merchant is None:
            return told
        if (told.get("total") is not None) + bool(told.get("activity")) + bool(told.get("day")) != 1:
            self.add_error("total", _("Either a total, an activity or a day."))
        told["minor"] = self._minor("total", told.get("total"), merchant)
        if any(policy.merchant_id != merchant.pk for policy in told.get("drafts", ())):
            self.add_error("drafts", _("A draft is tried at its own merchant."))
        try:
            found = get_customer(merchant=merchant, reference=told["customer"]) if told.get("customer") else None
        except DomainError as refused:
            self.add_error("customer", refused.detail)
        else:
            told["customer"] = found
        return told

    def _minor(self, name: str, amount: Decimal | None, merchant: Merchant) -> int | None:
        minor = None if amount is None else minor_units(amount, merchant.currency)
        if amount is not None and minor is None:
            self.add_error(name, _("The currency has no such amount."))
        return minor


class LineForm(forms.Form):
    """One line of a cart."""

    category = forms.CharField(label=_("Category"), required=False, max_length=50)
    quantity = forms.IntegerField(label=_("Items"), required=False, min_value=1, max_value=10_000)
    unit_price = forms.DecimalField(label=_("Price of one"), required=False, min_value=0, max_value=AMOUNT_MAX)

    def line(self, currency: str) -> Line | None:
        """The line that is filled in; None if none is."""
        told = self.cleaned_data
        if told.get("unit_price") is None:
            return None
        price = minor_units(told["unit_price"], currency)
        return Line("", told.get("quantity") or 1, price or 0, "", told["category"])


LineFormSet = forms.formset_factory(LineForm, extra=SPARE_LINES)


class NewProgrammeForm(forms.Form):
    """A merchant, and the programme that ships with which it begins."""

    start_from = forms.ChoiceField(label=_("Start from"))
    slug = forms.SlugField(label=_("Short name"), max_length=50, help_text=_("It never changes."))
    name = forms.CharField(label=_("Name"), max_length=100)
    domain = forms.CharField(label=_("Host of its pages"), required=False)
    currency = forms.CharField(label=_("Currency"), max_length=3, initial="USD")
    time_zone = forms.CharField(label=_("Time zone"), initial="Europe/Berlin")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        start: Any = self.fields["start_from"]
        start.choices = [(slug, slug) for slug in shipped_slugs()]

    def clean_slug(self) -> str:
        """A name that nobody has."""
        slug: str = self.cleaned_data["slug"]
        if Merchant.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("There is a merchant of this name."))
        return slug

    def merchant(self) -> dict[str, Any]:
        """The merchant, as a programme says it."""
        names = ("slug", "name", "domain", "currency", "time_zone")
        return {name: self.cleaned_data[name] or None for name in names}
