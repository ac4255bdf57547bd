from django.contrib import admin

from config.lib.admin import MerchantFilter, ReadOnlyAdmin
from credits.models.unmarked import UnmarkedWrite


@admin.register(UnmarkedWrite)
class UnmarkedWriteAdmin(ReadOnlyAdmin):
    """When snapshots of credits could not be told of a change, because Redis was away."""

    merchant_path = "merchant"
    list_display = ("id", "merchant", "written_at")
    list_filter = (MerchantFilter, "written_at")
    list_select_related = ("merchant",)
