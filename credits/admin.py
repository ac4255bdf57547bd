"""The staff pages of the second floor: the ledger is for looking only."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString

from config.lib.admin import (
    MerchantFilter,
    OwnMerchantsAdmin,
    ReadOnlyAdmin,
    as_yaml,
    link_to,
    link_to_id,
    links_to_rows_about,
)
from credits.models.accounts import Account
from credits.models.entries import Entry
from credits.models.lots import Lot, LotUse
from credits.models.qualifying import QualifyingAmount
from credits.models.remarks import Remark
from credits.models.tiers import Tier, TierMove
from credits.models.wallets import Wallet


class OfEvaluation:
    """For rows that name the evaluation which made them; it is on a floor above, so it is known by its id."""

    @admin.display(description="evaluation")
    def made_by(self, row: Any) -> str:
        """The evaluation that explains this row."""
        return link_to_id("rewards.evaluation", row.evaluation_id)


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


@admin.register(Entry)
class EntryAdmin(OfEvaluation, ReadOnlyAdmin):
    """Every movement of points."""

    list_display = ("id", "owner", "points", "kind", "reason", "made_by", "occurred_at", "posted_at", "merchant")
    list_filter = (MerchantFilter, "kind", "posted_at")
    list_select_related = ("account__customer", "merchant")
    fields = (
        "uuid", "merchant", "account", "points", "kind", "source_type", "source_id", "made_by", "version", "reason",
        "details", "actor", "key", "occurred_at", "posted_at",
    )  # fmt: skip
    readonly_fields = ("uuid", "made_by", "version", "details")

    @admin.display(description="customer")
    def owner(self, entry: Entry) -> str:
        """Whose points moved."""
        return link_to(entry.account.customer)

    @admin.display(description="policy version")
    def version(self, entry: Entry) -> str:
        """The words by which the points were given."""
        return link_to_id("rewards.policyversion", entry.policy_version_id)

    @admin.display(description="details")
    def details(self, entry: Entry) -> str:
        """The ids that the reason speaks of."""
        return as_yaml(entry.reason_args)


@admin.register(Lot)
class LotAdmin(ReadOnlyAdmin):
    """Points that were earned together, and what is left of them."""

    merchant_path = "entry__merchant"
    list_display = ("entry_id", "owner", "granted", "remaining", "earned_at", "active_at", "waiting_for", "expires_at")
    list_filter = (MerchantFilter,)
    list_select_related = ("account__customer",)

    @admin.display(description="customer")
    def owner(self, lot: Lot) -> str:
        """Whose points they are."""
        return link_to(lot.account.customer)


@admin.register(LotUse)
class LotUseAdmin(ReadOnlyAdmin):
    """Which lot paid for what."""

    merchant_path = "entry__merchant"
    list_display = ("id", "lot", "entry", "points")
    list_filter = (MerchantFilter,)
    list_select_related = ("lot", "entry")


@admin.register(QualifyingAmount)
class QualifyingAmountAdmin(OfEvaluation, ReadOnlyAdmin):
    """What customers did towards a tier."""

    merchant_path = "account__merchant"
    list_display = ("id", "account", "spend", "orders", "points", "made_by", "occurred_at")
    list_filter = (MerchantFilter, "occurred_at")
    list_select_related = ("account",)
    fields = ("account", "spend", "orders", "points", "made_by", "occurred_at")
    readonly_fields = ("made_by",)


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

    @admin.display(description="benefits")
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


@admin.register(Remark)
class RemarkAdmin(ReadOnlyAdmin):
    """What other systems said of entries, in their own words."""

    merchant_path = "entry__merchant"
    list_display = ("entry", "text")
    list_filter = (MerchantFilter,)
    list_select_related = ("entry",)
