from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.lib.admin import ModelForm, OwnMerchantsAdmin, links_to_rows_about
from config.lib.time_zones import time_zones
from referrals.models.merchants import Merchant


def _time_zones() -> list[tuple[str, str]]:
    return [(name, name) for name in time_zones()]


class MerchantForm(ModelForm):
    currency = forms.RegexField(
        r"^[A-Z]{3}$",
        label=_("Currency"),
        help_text=_("ISO 4217."),
        error_messages={"invalid": _("Three capital letters, such as EUR.")},
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=_time_zones, initial="UTC", help_text=_("Where its days and months begin.")
    )
    logo_url = forms.URLField(
        label=_("Logo"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("A small picture, shown beside its name."),
    )

    class Meta:
        model = Merchant
        fields = (
            "name", "slug", "domain", "currency", "time_zone", "minimum_qualifying_purchase", "days_to_qualify",
            "referral_hold_days", "friends_verify_email", "allows_households", "offer_to_friends",
            "accent", "logo_url", "clicks_kept_days", "invitations_day_max",
            "decisive_touch",
        )  # fmt: skip


@admin.register(Merchant)
class MerchantAdmin(OwnMerchantsAdmin):
    """Names and terms of a merchant; superusers add new ones."""

    merchant_path = "pk"
    form = MerchantForm
    ordering = ("name",)
    list_display = ("name", "slug", "domain", "currency", "time_zone")
    search_fields = ("name", "slug")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Ids that others know, and the currency in which every amount was written, stay as they are."""
        return ("slug", "currency", "uuid", "rows") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A new merchant has nothing to show yet."""
        return (*MerchantForm.Meta.fields, "uuid", "rows") if obj else MerchantForm.Meta.fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether this person is a superuser: nobody else could see what they added."""
        return request.user.is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: facts and points of its customers hang on it."""
        return False

    @admin.display(description=_("everything of it"))
    def rows(self, merchant: Merchant) -> SafeString:
        """Links to all that belongs to the merchant."""
        return links_to_rows_about(merchant, self.admin_site)
