from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, as_yaml
from credits.admin.causes import OfAccount, OfEvaluation
from credits.models.tiers import Tier, TierAssignment, TierMove


@admin.register(Tier)
class TierAdmin(ReadOnlyAdmin):
    """The ranks of a programme; they are changed with its programme file, which knows them all together."""

    ordering = ("wallet", "rank")
    list_display = ("name", "code", "rank", "min_spend", "min_orders", "min_points", "points_multiplier", "merchant")
    list_filter = (MerchantFilter,)
    list_select_related = ("merchant",)
    fields = (
        "merchant", "wallet", "code", "name", "rank", "min_spend", "min_orders", "min_points", "points_multiplier",
        "gives",
    )  # fmt: skip
    readonly_fields = ("gives",)

    @admin.display(description=_("benefits"))
    def gives(self, tier: Tier) -> str:
        """What the tier brings."""
        return as_yaml(tier.benefits)


@admin.register(TierMove)
class TierMoveAdmin(OfEvaluation, ReadOnlyAdmin):
    """Customers' way through the tiers."""

    merchant_path = "account__merchant"
    list_display = ("id", "account", "from_tier", "to_tier", "reason", "made_by", "effective_at")
    list_filter = (MerchantFilter, "effective_at")
    list_select_related = ("account", "from_tier", "to_tier")
    fields = ("account", "from_tier", "to_tier", "reason", "made_by", "effective_at", "recorded_at")
    readonly_fields = ("made_by",)


@admin.register(TierAssignment)
class TierAssignmentAdmin(OfAccount):
    """Which customers people put into a tier, and why."""

    list_display = ("id", "owner", "tier", "reason", "actor", "until", "created_at", "merchant")
    list_filter = (MerchantFilter, "created_at")
    list_select_related = ("account__customer", "tier", "merchant")
