from django.contrib import admin
from django.utils.safestring import SafeString

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, link_to, links_to_rows_about
from credits.models.accounts import Account


@admin.register(Account)
class AccountAdmin(ReadOnlyAdmin):
    """Customers' points. The sums are what was booked; after "next change at" a balance is read from the lots."""

    list_display = ("id", "owner", "available", "pending", "held", "owed", "tier", "wallet", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("customer", "tier", "wallet", "merchant")
    readonly_fields = ("rows",)

    @admin.display(description="customer")
    def owner(self, account: Account) -> str:
        """Whose points they are."""
        return link_to(account.customer)

    @admin.display(description="everything of it")
    def rows(self, account: Account) -> SafeString:
        """Links to all that was booked on the account."""
        return links_to_rows_about(account, self.admin_site)
