import csv
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ModelForm, OwnMerchantsAdmin
from config.lib.errors import DomainError
from rewards.admin.uploads import read_upload
from rewards.models.segments import Segment
from rewards.services.segments import check_condition, list_members, save_segment


class SegmentForm(ModelForm):
    """A segment, whose condition is checked, and who is in it if it has none."""

    customers = forms.FileField(
        label=_("Customers"),
        required=False,
        help_text=_("CSV; the first column is your id of each customer. It takes the place of the list."),
    )

    class Meta:
        model = Segment
        fields = ("merchant", "code", "name", "description", "condition", "is_active")

    def clean_condition(self) -> str:
        """What is wrong with the condition is said beside it."""
        condition: str = self.cleaned_data["condition"]
        try:
            check_condition(condition or "true")
        except DomainError as error:
            raise ValidationError(error.detail) from error
        return condition

    def clean_customers(self) -> list[str]:
        """The ids in the file."""
        written = read_upload(self.cleaned_data["customers"])
        if written and self.cleaned_data.get("condition"):
            raise ValidationError(_("Who is in this segment is worked out from its condition, and is not listed."))
        try:
            rows = list(csv.reader(written.decode().splitlines()))
        except (UnicodeDecodeError, csv.Error) as error:
            raise ValidationError(_("This is no CSV in UTF-8.")) from error
        return [row[0].strip() for row in rows if row and row[0].strip()]


@admin.register(Segment)
class SegmentAdmin(OwnMerchantsAdmin):
    """Groups of customers, by condition or by list."""

    list_display = ("name", "code", "condition", "recomputed_at", "is_active", "merchant")
    list_filter = (MerchantFilter, "is_active")
    list_select_related = ("merchant",)
    form = SegmentForm
    fields = (*SegmentForm.Meta.fields, "customers", "recomputed_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What campaigns and policies call it stays as it is."""
        return ("merchant", "code", "recomputed_at") if obj else ("recomputed_at",)

    def save_model(self, request: HttpRequest, obj: Segment, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        """Write it, and the list if one was given."""
        save_segment(segment=obj)
        if references := form.cleaned_data["customers"]:
            unknown = list_members(segment=obj, references=references, now=timezone.now())
            count = {"listed": len(set(references)) - len(unknown), "unknown": len(unknown)}
            self.message_user(request, _("%(listed)s listed, %(unknown)s not known.") % count)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: it becomes inactive instead."""
        return False
