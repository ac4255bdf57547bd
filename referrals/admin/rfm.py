from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, link_to
from config.lib.money import format_amount
from referrals.models.rfm import CustomerRfm


@admin.register(CustomerRfm)
class CustomerRfmAdmin(ReadOnlyAdmin):
    """How lately, how often and for how much customers buy, by segment."""

    list_display = ("__str__", "who", "recency_days", "frequency", "paid", "computed_at", "merchant")
    list_filter = (MerchantFilter, "segment")
    list_select_related = ("customer", "merchant")

    @admin.display(description=_("customer"))
    def who(self, rfm: CustomerRfm) -> str:
        """Whose it is."""
        return link_to(rfm.customer)

    @admin.display(description=_("paid"))
    def paid(self, rfm: CustomerRfm) -> str:
        """What was paid, in the merchant's currency."""
        return format_amount(rfm.monetary, rfm.merchant.currency)
