"""What customers fill in to redeem, technicians about a job, and staff beside an action on the queue."""

from datetime import date, time
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.admin.helpers import ActionForm
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from config.lib import base64url
from config.lib.outbound import URL_MAX
from config.lib.time_zones import time_zones
from fulfillment.models.notifications import Channel, ContactPreference
from fulfillment.models.service_records import ServiceKind
from fulfillment.models.technicians import MIDNIGHT
from fulfillment.selectors.inbox import channels_of
from fulfillment.selectors.notices import Topic
from rewards.services.programmes.amounts import minor_units

CLOCK = forms.TimeInput({"type": "time"})
DAY = forms.DateInput({"type": "date"})
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
    RowFormBase = forms.ModelForm[Any]
else:
    RowFormBase = forms.ModelForm


class RowForm(RowFormBase):
    """A row of a table: each field has its own name, and not only the head of its column."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label


class HoursForm(RowForm):
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


class PhotoForm(forms.Form):
    """A picture from the camera of a phone, or from a file."""

    photo = forms.FileField(label=_("Photo"), widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}))


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


class WeekForm(forms.Form):
    """Hours of a technician that are the same every week; midnight at their end is the end of the day."""

    weekdays = forms.TypedMultipleChoiceField(
        coerce=int, choices=list(WEEKDAYS.items()), widget=forms.CheckboxSelectMultiple, label=_("On")
    )
    starts_at = forms.TimeField(label=_("From"), widget=CLOCK)
    ends_at = forms.TimeField(label=_("Until"), widget=CLOCK)

    def clean_starts_at(self) -> str:
        """As the database has it."""
        return f"{self.cleaned_data['starts_at']:%H:%M}"

    def clean_ends_at(self) -> str:
        """The same, later than the beginning."""
        ends_at = f"{self.cleaned_data['ends_at']:%H:%M}".replace("00:00", MIDNIGHT)
        if ends_at <= self.cleaned_data.get("starts_at", ""):
            raise forms.ValidationError(_("It ends after it begins."))
        return ends_at


class TimeOffForm(forms.Form):
    """Days on which a technician does not work."""

    first_day = forms.DateField(label=_("First day"), widget=DAY)
    last_day = forms.DateField(label=_("Last day"), widget=DAY)

    def clean_first_day(self) -> date:
        """A day that is not over."""
        first_day: date = self.cleaned_data["first_day"]
        if first_day < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return first_day

    def clean_last_day(self) -> date:
        """Not before the first."""
        last_day: date = self.cleaned_data["last_day"]
        if last_day < self.cleaned_data.get("first_day", last_day):
            raise forms.ValidationError(_("It ends after it begins."))
        return last_day


class ContactForm(forms.Form):
    """How a customer wishes to be told: channels for each topic, language, zone, and quiet hours."""

    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=CLOCK)
    quiet_until = forms.TimeField(label=_("Quiet until"), required=False, widget=CLOCK)

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


class Base64UrlField(forms.CharField):
    """Bytes, as browsers write them."""

    def clean(self, value: Any) -> bytes:
        """The bytes; none, if they cannot be read."""
        try:
            return base64url.decode(super().clean(value))
        except ValueError:
            return b""


class PushForm(forms.Form):
    """A browser that is to be woken, as it tells of itself."""

    endpoint = forms.CharField(max_length=URL_MAX)
    p256dh = Base64UrlField(max_length=120)
    auth = Base64UrlField(max_length=120)
