"""Fields in which staff type lists and tables: one entry a line, or parted by commas."""

from typing import Any

import yaml
from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.errors import DomainError
from rewards.services.programmes.document import Source


class Words(forms.CharField):
    """Words parted by commas."""

    def to_python(self, value: Any) -> Any:
        """The words as a list."""
        return [word.strip() for word in (super().to_python(value) or "").split(",") if word.strip()]

    def prepare_value(self, value: Any) -> Any:
        """The words as they are typed."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value


class Numbers(Words):
    """Whole numbers parted by commas."""

    def to_python(self, value: Any) -> Any:
        """The numbers as a list."""
        try:
            return [int(word) for word in super().to_python(value)]
        except ValueError:
            raise forms.ValidationError(_("Whole numbers, parted by commas.")) from None


class Multipliers(forms.CharField):
    """A name and a number a line, such as `electronics: 2`."""

    widget = forms.Textarea(attrs={"rows": 3})

    def to_python(self, value: Any) -> Any:
        """The numbers by name, as they were typed."""
        found: dict[str, str] = {}
        for line in (super().to_python(value) or "").splitlines():
            name, colon, number = line.rpartition(":")
            if line.strip() and not colon:
                raise forms.ValidationError(_("Each line is a category, a colon and a number."))
            if line.strip():
                found[name.strip()] = number.strip()
        return found

    def prepare_value(self, value: Any) -> Any:
        """The table as it is typed."""
        return "\n".join(f"{name}: {number}" for name, number in value.items()) if isinstance(value, dict) else value


class YamlField(forms.CharField):
    """Structured data, typed as YAML."""

    widget = forms.Textarea(attrs={"rows": 20, "cols": 100, "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        """What the YAML says; None if it says nothing."""
        try:
            return Source(super().to_python(value) or "", name=str(self.label or _("text"))).data
        except DomainError as error:
            raise forms.ValidationError(error.detail) from None

    def prepare_value(self, value: Any) -> Any:
        """The data as YAML."""
        if isinstance(value, str) or value in (None, [], {}):
            return value or ""
        return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=100)
