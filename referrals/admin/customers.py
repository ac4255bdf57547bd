from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, links_to_rows_about
from config.lib.encryption import lookup_hash
from referrals.admin.cohorts import BroughtFilter, StayedFilter
from referrals.models.customers import Customer, CustomerAlias
from referrals.models.sign_ups import SignUp, StoredTouch
from referrals.selectors import as_uuid


@admin.register(Customer)
class CustomerAdmin(ReadOnlyAdmin):
    """Customers; a list shows ids and names, and only the page of one customer decrypts how to reach them."""

    list_display = ("known_as", "name", "merchant", "has_login", "created_at")
    list_filter = (MerchantFilter, BroughtFilter, StayedFilter)
    list_select_related = ("merchant",)
    search_fields = ("external_id__exact",)
    search_help_text = _("The merchant's id, our id, or an e-mail address; each in full.")
    fields = (
        "merchant", "external_id", "uuid", "name", "shows_first_name", "email", "email_verified_at", "phone",
        "birthday", "user", "created_at", "erased_at", "merged_into", "merging", "rows",
    )  # fmt: skip
    readonly_fields = ("uuid", "erased_at", "merged_into", "merging", "rows")

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

    @admin.display(description=_("id"))
    def known_as(self, customer: Customer) -> str:
        """The merchant's id, or ours."""
        return customer.public_id

    @admin.display(description=_("signs in"), boolean=True)
    def has_login(self, customer: Customer) -> bool:
        """Whether they have a login."""
        return customer.user_id is not None

    @admin.display(description=_("the same person twice"))
    def merging(self, customer: Customer) -> str:
        """The way to merging somebody into this customer."""
        if customer.merged_into_id or customer.erased_at:
            return "-"
        words = _("Merge somebody into this customer")
        return format_html('<a href="{}">{}</a>', reverse("merge-customers", args=[customer.pk]), words)

    @admin.display(description=_("everything of theirs"))
    def rows(self, customer: Any) -> SafeString:
        """Links to all that belongs to the customer."""
        return links_to_rows_about(customer, self.admin_site)


@admin.register(CustomerAlias)
class CustomerAliasAdmin(ReadOnlyAdmin):
    """Ids of customers who were merged into others."""

    list_display = ("external_id", "customer", "created_at", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("customer", "merchant")
    search_fields = ("external_id__exact",)
    search_help_text = _("The whole id.")


@admin.register(SignUp)
class SignUpAdmin(ReadOnlyAdmin):
    """Who signed up and has not verified the e-mail yet."""

    list_display = ("created_at", "code", "method", "merchant")
    list_filter = (MerchantFilter, "method")
    list_select_related = ("merchant",)
    fields = ("merchant", "code", "method", "link", "touched_at", "created_at")


@admin.register(StoredTouch)
class StoredTouchAdmin(ReadOnlyAdmin):
    """Links that customers followed whom nobody has brought."""

    list_display = ("touched_at", "customer", "code", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("customer", "code", "merchant")
