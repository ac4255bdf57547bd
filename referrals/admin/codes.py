from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, link_to, record_action
from referrals.models.codes import ReferralCode
from referrals.models.referrals import Referral
from referrals.services.codes import retire_code


@admin.register(ReferralCode)
class ReferralCodeAdmin(ReadOnlyAdmin):
    """Codes that customers share; one that went astray is retired here."""

    list_display = ("code", "owner", "merchant", "created_at", "retired_at")
    list_filter = (MerchantFilter, ("retired_at", admin.EmptyFieldListFilter))
    list_select_related = ("customer", "merchant")
    search_fields = ("code__exact",)
    search_help_text = "The whole code, in capitals."
    actions = ("retire",)

    @admin.display(description="customer")
    def owner(self, code: ReferralCode) -> str:
        """Whose code it is."""
        return link_to(code.customer)

    @admin.action(description="Retire: nobody can join by it any more", permissions=["act"])
    def retire(self, request: HttpRequest, queryset: QuerySet[ReferralCode]) -> None:
        """End the chosen codes."""
        with transaction.atomic():
            live = list(queryset.filter(retired_at=None))
            for code in live:
                retire_code(code=code, now=timezone.now())
            record_action(request, live, "Retired.")
        self.message_user(request, f"Retired: {len(live)}. A retired code is never used again.", messages.SUCCESS)


@admin.register(Referral)
class ReferralAdmin(ReadOnlyAdmin):
    """Who brought whom."""

    list_display = ("uuid", "brought_by", "friend", "referral_link", "status", "joined_at", "qualified_at", "merchant")
    list_filter = (MerchantFilter, "status")
    list_select_related = ("referrer", "referee", "referral_link", "merchant")
    readonly_fields = ("uuid",)

    @admin.display(description="referrer")
    def brought_by(self, referral: Referral) -> str:
        """Who shared the code."""
        return link_to(referral.referrer)

    @admin.display(description="friend")
    def friend(self, referral: Referral) -> str:
        """Who came by it."""
        return link_to(referral.referee)
