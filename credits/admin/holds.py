from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, link_to
from credits.admin.causes import OfAccount
from credits.models.holds import HeldLot, Hold


@admin.register(Hold)
class HoldAdmin(OfAccount):
    """Points that are promised to something, and what became of the promise."""

    list_display = ("uuid", "owner", "points", "captured_points", "state", "created_at", "expires_at", "merchant")
    list_filter = (MerchantFilter, "state", "created_at")
    list_select_related = ("account__customer", "merchant")
    readonly_fields = ("uuid",)


@admin.register(HeldLot)
class HeldLotAdmin(ReadOnlyAdmin):
    """Which lots a hold was given."""

    merchant_path = "hold__merchant"
    list_display = ("id", "of", "lot", "points")
    list_filter = (MerchantFilter,)
    list_select_related = ("hold", "lot")

    @admin.display(description=_("hold"))
    def of(self, held: HeldLot) -> str:
        """The hold."""
        return link_to(held.hold)
