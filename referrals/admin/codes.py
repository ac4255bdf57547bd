from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.admin import NOTHING, MerchantFilter, ReadOnlyAdmin, link_to, record_action
from referrals.models.codes import ReferralCode
from referrals.services.codes import normalise_code, retire_code


@admin.register(ReferralCode)
class ReferralCodeAdmin(ReadOnlyAdmin):
    """Codes that customers share; one that went astray, or is no good word, is retired here."""

    list_display = (
        "__str__",
        "owner",
        "is_main",
        "starts_at",
        "ends_at",
        "used",
        "merchant",
        "created_at",
        "retired_at",
    )
    list_filter = (MerchantFilter, ("retired_at", admin.EmptyFieldListFilter))
    list_select_related = ("customer", "merchant")
    search_fields = ("code__exact",)
    search_help_text = _("The whole code.")
    actions = ("retire",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[ReferralCode], search_term: str
    ) -> tuple[QuerySet[ReferralCode], bool]:
        """Find a code however it is typed."""
        return queryset.filter(code=normalise_code(search_term)) if search_term else queryset, False

    @admin.display(description=_("joined, of at most"))
    def used(self, code: ReferralCode) -> str:
        """How much of its limit a code has used."""
        return (
            NOTHING if code.uses_max is None else _("%(uses)s of %(most)s") % {"uses": code.uses, "most": code.uses_max}
        )

    @admin.display(description=_("customer"))
    def owner(self, code: ReferralCode) -> str:
        """Whose code it is."""
        return link_to(code.customer)

    @admin.action(description=_("Retire: nobody can join by it any more"), permissions=["act"])
    def retire(self, request: HttpRequest, queryset: QuerySet[ReferralCode]) -> None:
        """End the chosen codes."""
        with transaction.atomic():
            live = list(queryset.filter(retired_at=None))
            for code in live:
                retire_code(code=code, now=timezone.now())
            record_action(request, live, "Retired.")
        self.message_user(
            request,
            _("Retired: %(count)s. A retired code is never used again.") % {"count": len(live)},
            messages.SUCCESS,
        )
