from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, link_to, links_to_rows_about
from fulfillment.models.repair_rewards import RepairReward
from fulfillment.models.service_records import ServiceRecord


@admin.register(ServiceRecord)
class ServiceRecordAdmin(ReadOnlyAdmin):
    """Jobs of the repair system, which tells of them."""

    list_display = ("reference", "owner", "kind", "amount", "final_amount", "state", "opened_at", "merchant")
    list_filter = (MerchantFilter, "state", "kind")
    list_select_related = ("customer", "merchant")
    search_fields = ("reference",)
    readonly_fields = ("uuid", "rows")

    @admin.display(description=_("customer"))
    def owner(self, record: ServiceRecord) -> str:
        """For whom it is done."""
        return link_to(record.customer)

    @admin.display(description=_("rewards"))
    def rows(self, record: ServiceRecord) -> str:
        """Links to what was applied to it."""
        return links_to_rows_about(record, self.admin_site)


@admin.register(RepairReward)
class RepairRewardAdmin(ReadOnlyAdmin):
    """Rewards that were applied to jobs, with the prices before and after."""

    list_display = ("job", "category", "price_before", "price_after", "actor", "applied_at", "merchant")
    list_filter = (MerchantFilter, "category")
    list_select_related = ("service_record", "merchant")

    @admin.display(description=_("job"))
    def job(self, applied: RepairReward) -> str:
        """To which job."""
        return link_to(applied.service_record)
