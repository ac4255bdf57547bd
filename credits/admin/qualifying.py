from django.contrib import admin

from config.lib.admin import MerchantFilter, ReadOnlyAdmin
from credits.admin.causes import OfEvaluation
from credits.models.qualifying import QualifyingAmount


@admin.register(QualifyingAmount)
class QualifyingAmountAdmin(OfEvaluation, ReadOnlyAdmin):
    """What customers did towards a tier."""

    merchant_path = "account__merchant"
    list_display = ("id", "account", "spend", "orders", "points", "made_by", "occurred_at")
    list_filter = (MerchantFilter, "occurred_at")
    list_select_related = ("account",)
    fields = ("account", "spend", "orders", "points", "made_by", "occurred_at")
    readonly_fields = ("made_by",)
