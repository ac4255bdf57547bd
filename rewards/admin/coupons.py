from django.contrib import admin

from config.lib.admin import MerchantFilter, ReadOnlyAdmin
from rewards.models.coupons import Coupon, CouponPool


@admin.register(CouponPool)
class CouponPoolAdmin(ReadOnlyAdmin):
    """The codes that reward options hand out, and how many are left."""

    list_display = ("option", "free", "low_at", "merchant", "created_at")
    list_filter = (MerchantFilter,)
    list_select_related = ("option", "merchant")
    readonly_fields = ("uuid", "free")


@admin.register(Coupon)
class CouponAdmin(ReadOnlyAdmin):
    """What became of each code. The codes themselves are worth money, and are shown to their customers only."""

    list_display = ("__str__", "pool", "state", "customer", "key", "handed_out_at", "expires_at", "merchant")
    list_filter = (MerchantFilter, "state")
    list_select_related = ("pool__option", "customer", "merchant")
    exclude = ("code", "code_hash")
