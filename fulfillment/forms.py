"""What customers fill in to redeem, technicians about a job, and staff beside an action on the queue."""

from datetime import time
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.admin.helpers import ActionForm
from django.utils.translation import gettext_lazy as _

from config.lib.time_zones import time_zones
from fulfillment.models.notifications import Channel, ContactPreference
from fulfillment.models.service_records import ServiceKind
from fulfillment.selectors.inbox import channels_of
from fulfillment.selectors.notices import Topic
from rewards.services.programmes.amounts import minor_units

REJECTIONS = {
    "out_of_stock": _("It is no longer to be had"),
    "not_eligible": _("The customer cannot have it"),
    "suspected_fraud": _("Something is not right"),
    "asked_by_customer": _("The customer asked for it"),
    "other": _("Another reason"),
}
"""Why a redemption is rejected, as customers read it."""


class QueueActionForm(ActionForm):
    """A reason, words, a technician, or a parcel: each action takes what it needs."""

    reason = forms.ChoiceField(choices=[("", "---------"), *REJECTIONS.items()], required=False, label=_("Reason"))
    words = forms.CharField(max_length=500, required=False, label=_("Words for the customer"))
    technician = forms.EmailField(required=False, label=_("Technician (e-mail)"))
    carrier = forms.CharField(max_length=60, required=False, label=_("Carrier"))
    tracking = forms.CharField(max_length=100, required=False, label=_("Tracking"))
    repair = forms.CharField(max_length=100, required=False, label=_("Job (reference)"))
    price_after = forms.IntegerField(
        min_value=0, max_value=10**12, required=False, label=_("Price that was confirmed (minor units)")
    )


if TYPE_CHECKING:
    HoursFormBase = forms.ModelForm[Any]
else:
    HoursFormBase = forms.ModelForm


class HoursForm(HoursFormBase):
    """Hours by the clock; a mistake is named beside the field, not by the database."""

    starts_at = forms.RegexField(r"^([01][0-9]|2[0-3]):[0-5][0-9]$", help_text=_("Such as 09:00."))
    ends_at = forms.RegexField(
        r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", help_text=_("Such as 17:30; 24:00 is the end of the day.")
    )


class RedeemForm(forms.Form):
    """Which reward, and how many; `token` is what a repetition of the same form is known by."""

    reward = forms.SlugField(max_length=60, widget=forms.HiddenInput)
    token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    quantity = forms.IntegerField(min_value=1, max_value=1000, required=False, label=_("How many"))
    address = forms.CharField(
        max_length=500,
        required=False,
        label=_("Where to"),
        widget=forms.Textarea({"rows": 4, "autocomplete": "street-address"}),
    )

    def clean_quantity(self) -> int:
        """One, if it is not said."""
        return self.cleaned_data["quantity"] or 1


class AddressForm(forms.Form):
    """Where a parcel goes."""

    address = forms.CharField(
        min_length=5,
        max_length=500,
        label=_("Where to"),
        widget=forms.Textarea({"rows": 4, "autocomplete": "street-address"}),
    )


class WordsForm(forms.Form):
    """A note, or what there is to say about what was done."""

    words = forms.CharField(max_length=500, required=False, label=_("Note"), widget=forms.Textarea({"rows": 3}))


class GiveUpForm(WordsForm):
    """Why a job is declined, or could not be done."""

    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[
            ("no_time", _("I have no time for it")),
            ("too_far", _("It is too far away")),
            ("not_able", _("I cannot do this")),
            ("part_missing", _("Something is missing for it")),
            ("nobody_there", _("Nobody was there")),
            ("other", _("Another reason")),
        ],
    )


class RepairForm(forms.Form):
    """A repair that the repair system has not told of; the amount is read in the currency's own unit."""

    reference = forms.CharField(max_length=100, label=_("Number of the repair"))
    kind = forms.ChoiceField(choices=ServiceKind.choices, label=_("Kind"))
    amount = forms.DecimalField(min_value=0, max_value=10**9, label=_("Price"))

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency

    def clean_amount(self) -> int:
        """In minor units."""
        amount = minor_units(self.cleaned_data["amount"], self.currency)
        if amount is None:
            raise forms.ValidationError(_("There is no such amount of money."))
        return amount


class ContactForm(forms.Form):
    """How a customer wishes to be told: channels for each topic, language, zone, and quiet hours."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=forms.TimeInput({"type": "time"}))
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False, widget=forms.TimeInput({"type": "time"}))

    def __init__(self, data: Any = None, *, preference: ContactPreference) -> None:
        chosen = channels_of(preference)
        known = ("language", "time_zone", "quiet_from", "quiet_until")
        super().__init__(data, initial={**chosen, **{name: getattr(preference, name) for name in known}})
        for topic in Topic:
            self.fields[topic.value] = forms.MultipleChoiceField(
                label=topic.label, choices=Channel.choices, required=False, widget=forms.CheckboxSelectMultiple
            )
        as_usual = ("", _("As usual"))
        self.fields["language"].choices = [as_usual, *settings.LANGUAGES]  # type: ignore[attr-defined]  # a choice field
        zones = [(name, name.replace("_", " ")) for name in time_zones()]
        self.fields["time_zone"].choices = [as_usual, *zones]  # type: ignore[attr-defined]  # as above

    def clean(self) -> dict[str, Any]:
        """Quiet hours with both ends, or none."""
        cleaned = super().clean() or {}
        if (cleaned.get("quiet_from") is None) != (cleaned.get("quiet_until") is None):
            self.add_error("quiet_until", _("Quiet hours have a beginning and an end."))
        return cleaned

    def channels(self) -> dict[str, list[str]]:
        """The channels that were chosen for each topic."""
        return {topic.value: self.cleaned_data[topic.value] for topic in Topic}

    def quiet(self) -> tuple[time, time] | None:
        """The hours that were chosen."""
        begin, end = self.cleaned_data["quiet_from"], self.cleaned_data["quiet_until"]
        return None if begin is None or end is None else (begin, end)
