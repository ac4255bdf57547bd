from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from config.lib.admin import MerchantFilter, OwnMerchantsAdmin
from credits.models.wallets import Wallet


@admin.register(Wallet)
class WalletAdmin(OwnMerchantsAdmin):
    """The terms on which a merchant's points are kept."""

    list_display = ("merchant", "code", "unit_name", "is_default", "expiry_months", "return_policy")
    list_display_links = ("code",)
    list_filter = (MerchantFilter,)
    list_select_related = ("merchant",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Accounts hang on which wallet it is."""
        return ("merchant", "code", "is_default") if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never: it holds customers' points."""
        return False
