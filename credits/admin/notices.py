from django.contrib import admin

from config.lib.admin import MerchantFilter
from credits.admin.causes import OfAccount
from credits.models.notices import ExpiryNotice


@admin.register(ExpiryNotice)
class ExpiryNoticeAdmin(OfAccount):
    """Which customers were told that points will lapse."""

    merchant_path = "account__merchant"
    list_display = ("id", "owner", "points", "expires_at", "lead_days", "told_at")
    list_filter = (MerchantFilter, "told_at")
    list_select_related = ("account__customer",)
