from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from config.lib.admin import ReadOnlyAdmin, link_to_id


class OfEvaluation:
    """For rows that name the evaluation which made them; it is on a floor above, so it is known by its id."""

    @admin.display(description=_("evaluation"))
    def made_by(self, row: Any) -> str:
        """The evaluation that explains this row."""
        return link_to_id("rewards.evaluation", row.evaluation_id)


class OfAccount(ReadOnlyAdmin):
    """Rows of an account, which is what staff know a customer's points by; reports link to those of one wallet."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Whether a list may be narrowed so; it never shows more than this person's merchants."""
        return lookup == "account__wallet" or super().lookup_allowed(lookup, value, request)

    @admin.display(description=_("customer"))
    def owner(self, row: Any) -> str:
        """Whose points they are."""
        return link_to_id("credits.account", row.account_id, row.account.customer)
