from django.contrib import admin

from config.lib.admin import MerchantFilter, ReadOnlyAdmin
from credits.admin.causes import OfAccount
from credits.models.lots import Lot, LotUse


@admin.register(Lot)
class LotAdmin(OfAccount, ReadOnlyAdmin):
    """Points that were earned together, and what is left of them."""

    merchant_path = "entry__merchant"
    list_display = ("entry_id", "owner", "granted", "remaining", "earned_at", "active_at", "waiting_for", "expires_at")
    list_filter = (MerchantFilter,)
    list_select_related = ("account__customer",)


@admin.register(LotUse)
class LotUseAdmin(ReadOnlyAdmin):
    """Which lot paid for what."""

    merchant_path = "entry__merchant"
    list_display = ("id", "lot", "entry", "points")
    list_filter = (MerchantFilter,)
    list_select_related = ("lot", "entry")
