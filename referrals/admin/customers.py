from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, links_to_rows_about
from config.lib.encryption import lookup_hash
from referrals.models.customers import Customer
from referrals.selectors import as_uuid


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """Customers; a list shows ids and names, and only the page of one customer decrypts how to reach them."""

    list_display = ("public_id", "name", "merchant", "has_login", "created_at")
    list_filter = (MerchantFilter,)
    list_select_related = ("merchant",)
    search_fields = ("external_id__exact",)
    search_help_text = "The merchant's id, our id, or an e-mail address; each in full."
    fields = (
        "merchant", "external_id", "uuid", "name", "shows_first_name", "email", "email_verified_at", "phone",
        "birthday", "user", "created_at", "erased_at", "rows",
    )  # fmt: skip
    readonly_fields = ("uuid", "erased_at", "rows")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Customer]:
        """Customers without what is encrypted; it is loaded where it is shown."""
        return super().get_queryset(request).defer("email", "phone")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Customer], search_term: str
    ) -> tuple[QuerySet[Customer], bool]:
        """Find customers by an address through its hash, or by an id."""
        term = search_term.strip()
        if "@" in term:
            return queryset.filter(email_hash=lookup_hash(term)), False
        if uuid := as_uuid(term):
            return queryset.filter(uuid=uuid), False
        found: tuple[QuerySet[Customer], bool] = super().get_search_results(request, queryset, search_term)
        return found

    @admin.display(description="signs in", boolean=True)
    def has_login(self, customer: Customer) -> bool:
        """Whether they have a login."""
        return customer.user_id is not None

    @admin.display(description="everything of theirs")
    def rows(self, customer: Any) -> SafeString:
        """Links to all that belongs to the customer."""
        return links_to_rows_about(customer, self.admin_site)
