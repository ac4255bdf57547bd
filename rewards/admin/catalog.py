from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from config.lib.admin import MerchantFilter, ReadOnlyAdmin, link_to
from rewards.models.catalog import RewardOption, RewardType
from rewards.models.grants import Grant
from rewards.models.takings import Taking


@admin.register(RewardType)
class RewardTypeAdmin(ReadOnlyAdmin):
    """The kinds of reward; they are changed with the programme file, which knows the policies that give them."""

    list_display = ("name", "code", "category", "discount_type", "discount_value", "is_active", "merchant")
    list_filter = (MerchantFilter, "category", "is_active")
    list_select_related = ("merchant",)


@admin.register(RewardOption)
class RewardOptionAdmin(ReadOnlyAdmin):
    """What can be granted or redeemed; it is changed with the programme file."""

    list_display = ("name", "code", "reward_type", "points_required", "left", "min_tier", "is_active", "merchant")
    list_filter = (MerchantFilter, "is_active")
    list_select_related = ("reward_type", "merchant")
    search_fields = ("name", "code")
    readonly_fields = ("stock_taken",)

    @admin.display(description=_("left"))
    def left(self, option: RewardOption) -> str:
        """How many are left of it."""
        return gettext("no end") if option.stock is None else str(option.stock)


@admin.register(Taking)
class TakingAdmin(ReadOnlyAdmin):
    """Who took how many of what off the shelf, and what was given back."""

    list_display = ("key", "option", "customer", "quantity", "is_granted", "taken_at", "given_back_at", "merchant")
    list_filter = (MerchantFilter, "is_granted", "taken_at")
    list_select_related = ("option", "customer", "merchant")


@admin.register(Grant)
class GrantAdmin(ReadOnlyAdmin):
    """What customers were given besides points."""

    list_display = (
        "uuid",
        "owner",
        "option",
        "quantity",
        "used_quantity",
        "state",
        "issued_at",
        "expires_at",
        "merchant",
    )
    list_filter = (MerchantFilter, "state", "issued_at")
    list_select_related = ("customer", "option", "merchant")
    readonly_fields = ("uuid",)

    @admin.display(description=_("customer"))
    def owner(self, grant: Grant) -> str:
        """Who was given it."""
        return link_to(grant.customer)
