from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, as_yaml, link_to_id
from credits.admin.causes import OfAccount, OfEvaluation
from credits.models.entries import Entry


@admin.register(Entry)
class EntryAdmin(OfEvaluation, OfAccount):
    """Every movement of points."""

    list_display = ("id", "owner", "points", "kind", "reason", "made_by", "occurred_at", "posted_at", "merchant")
    list_filter = (MerchantFilter, "kind", "posted_at")
    list_select_related = ("account__customer", "merchant")
    fields = (
        "uuid", "merchant", "account", "points", "kind", "source_type", "source_id", "made_by", "version", "reason",
        "details", "actor", "key", "occurred_at", "posted_at",
    )  # fmt: skip
    readonly_fields = ("uuid", "made_by", "version", "details")

    @admin.display(description=_("policy version"))
    def version(self, entry: Entry) -> str:
        """The words by which the points were given."""
        return link_to_id("rewards.policyversion", entry.policy_version_id)

    @admin.display(description=_("details"))
    def details(self, entry: Entry) -> str:
        """The ids that the reason speaks of."""
        return as_yaml(entry.reason_args)
