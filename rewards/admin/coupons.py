from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ModelForm, OwnMerchantsAdmin, ReadOnlyAdmin
from config.lib.errors import DomainError
from rewards.admin.uploads import read_upload
from rewards.models.coupons import Coupon, CouponPool
from rewards.services.coupons import import_coupons, read_codes


class CouponPoolForm(ModelForm):
    """A pool, and codes that are put into it: pasted, or in a file."""

    codes = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("New codes, one a line. One that is known is passed over."),
    )
    file = forms.FileField(required=False, help_text=_("Or a CSV file; its first column counts."))
    expires_at = forms.SplitDateTimeField(
        required=False,
        widget=AdminSplitDateTime,
        help_text=_("The first moment at which the new codes are worth nothing; empty: they are good for ever."),
    )

    class Meta:
        model = CouponPool
        fields = ("option", "low_at")

    def clean_codes(self) -> list[str]:
        """The codes that were pasted."""
        return self._read(self.cleaned_data["codes"].encode())

    def clean_file(self) -> list[str]:
        """The codes in the file."""
        return self._read(read_upload(self.cleaned_data["file"]))

    def _read(self, text: bytes) -> list[str]:
        try:
            return read_codes(text)
        except DomainError as refused:
            raise ValidationError(refused.detail) from refused


@admin.register(CouponPool)
class CouponPoolAdmin(OwnMerchantsAdmin):
    """The codes that reward options hand out, how many are left, and where more are put."""

    list_display = ("option", "free", "low_at", "merchant", "created_at")
    list_filter = (MerchantFilter,)
    list_select_related = ("option", "merchant")
    form = CouponPoolForm
    fields = ("option", "free", "low_at", "codes", "file", "expires_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Whose codes they are stays as it is."""
        return ("option", "free") if obj else ("free",)

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> QuerySet[Any] | None:
        """The options that hand out codes."""
        options = super().get_field_queryset(db, db_field, request)
        return options.filter(needs_coupon=True) if options is not None else None

    def save_model(self, request: HttpRequest, obj: CouponPool, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's)
        """Put the codes in; how many are free is counted there, and never written from here."""
        told = form.cleaned_data
        new, known = import_coupons(
            option=obj.option, codes=[*told["codes"], *told["file"]], now=timezone.now(), expires_at=told["expires_at"]
        )
        obj.pk = CouponPool.objects.get(option=obj.option).pk
        CouponPool.objects.filter(pk=obj.pk).update(low_at=obj.low_at)
        self.message_user(request, _("%(new)s new codes; %(known)s were known.") % {"new": new, "known": known})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: its codes are somebody's."""
        return False


@admin.register(Coupon)
class CouponAdmin(ReadOnlyAdmin):
    """What became of each code. The codes themselves are worth money, and are shown to their customers only."""

    list_display = ("__str__", "pool", "state", "customer", "key", "handed_out_at", "expires_at", "merchant")
    list_filter = (MerchantFilter, "state")
    list_select_related = ("pool__option", "customer", "merchant")
    exclude = ("code", "code_hash")
