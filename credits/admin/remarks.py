from django.contrib import admin

from config.lib.admin import MerchantFilter, ReadOnlyAdmin
from credits.models.remarks import Remark


@admin.register(Remark)
class RemarkAdmin(ReadOnlyAdmin):
    """What other systems said of entries, in their own words."""

    merchant_path = "entry__merchant"
    list_display = ("entry", "text")
    list_filter = (MerchantFilter,)
    list_select_related = ("entry",)
