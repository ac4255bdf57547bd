from django.contrib import admin

from config.lib.admin import MerchantFilter, ReadOnlyAdmin
from rewards.models.policy_days import Occurrence, PolicyDay


@admin.register(PolicyDay)
class PolicyDayAdmin(ReadOnlyAdmin):
    """Days of the calendar on which policies were due, and how far the sweep has come with each."""

    list_display = ("__str__", "starts_at", "policies", "reached", "done_at", "merchant")
    list_filter = (MerchantFilter, "day")
    list_select_related = ("merchant",)


@admin.register(Occurrence)
class OccurrenceAdmin(ReadOnlyAdmin):
    """Whom a day had something for; what it gave is in the evaluation."""

    list_display = ("__str__", "policy_day", "customer", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("policy_day", "customer", "merchant")
