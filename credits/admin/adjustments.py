from django.contrib import admin

from config.lib.admin import MerchantFilter, ReadOnlyAdmin
from credits.admin.causes import OfAccount
from credits.models.adjustments import Adjustment


@admin.register(Adjustment)
class AdjustmentAdmin(OfAccount, ReadOnlyAdmin):
    """Points that people gave or took, and those that wait for a second person."""

    list_display = ("id", "owner", "points", "reason", "state", "asked_by", "decided_by", "asked_at", "merchant")
    list_filter = (MerchantFilter, "state", "asked_at")
    list_select_related = ("account__customer", "asked_by", "decided_by", "merchant")
    readonly_fields = ("uuid",)
