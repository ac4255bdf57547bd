from django.contrib import admin

from config.lib.admin import MerchantFilter, ReadOnlyAdmin
from referrals.models.audit import AuditRecord


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """Who dealt with what is known of whom."""

    list_display = ("action", "subjects", "actor", "reason", "recorded_at", "merchant")
    list_filter = (MerchantFilter, "action", "recorded_at")
    list_select_related = ("merchant",)
