"""What customers write into forms."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

AT_ONCE_MAX = 20
_BETWEEN = re.compile(r"[\s,;]+")


class InviteForm(forms.Form):
    """Friends' addresses, and that they agree to be written to."""

    addresses = forms.CharField(
        label=_("Your friends' e-mail addresses"),
        help_text=_("One in each line, or with commas between."),
        max_length=AT_ONCE_MAX * 256,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "inputmode": "email"}),
    )
    consent = forms.BooleanField()

    def __init__(self, *args: object, consent: str, **kwargs: object) -> None:
        """Ask with the words to which the customer agrees."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # a form's own arguments
        self.fields["consent"].label = consent

    def clean_addresses(self) -> list[str]:
        """The addresses one by one; whether they are any is for the service to say."""
        found = [address for address in _BETWEEN.split(self.cleaned_data["addresses"]) if address]
        if len(found) > AT_ONCE_MAX:
            raise forms.ValidationError(_("Name at most %(max)s friends at once."), params={"max": AT_ONCE_MAX})
        return found
