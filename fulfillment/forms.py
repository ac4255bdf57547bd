"""What customers fill in on the top floor's pages."""

from datetime import time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from fulfillment.models.notifications import Channel, ContactPreference
from fulfillment.selectors.inbox import channels_of
from fulfillment.selectors.notices import Topic


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
        zones = [(name, name.replace("_", " ")) for name in sorted(available_timezones())]
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
