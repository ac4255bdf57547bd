from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, as_yaml, link_to
from rewards.models.sessions import CheckoutTerms, PurchaseSession


@admin.register(PurchaseSession)
class PurchaseSessionAdmin(ReadOnlyAdmin):
    """Carts at a checkout: what they were told, what is held for them, and how they ended."""

    list_display = ("uuid", "owner", "state", "goods", "points", "expires_at", "ended_at", "merchant")
    list_filter = (MerchantFilter, "state", "created_at")
    list_select_related = ("customer", "merchant")
    readonly_fields = ("uuid", "price")
    exclude = ("cart", "quote")

    @admin.display(description=_("customer"))
    def owner(self, session: PurchaseSession) -> str:
        """Whose cart it is."""
        return link_to(session.customer)

    @admin.display(description=_("price, line by line"))
    def price(self, session: PurchaseSession) -> str:
        """What was answered to the checkout."""
        return as_yaml(session.quote)


@admin.register(CheckoutTerms)
class CheckoutTermsAdmin(ReadOnlyAdmin):
    """On which terms points pay; they are changed with the programme file."""

    list_display = ("merchant", "points_min", "order_share_max", "session_seconds")
    list_filter = (MerchantFilter,)
    list_select_related = ("merchant",)
