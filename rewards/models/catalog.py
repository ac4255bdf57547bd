from django.db import models
from django.db.models import Q

from config.lib.constraints import SameMerchant
from referrals.models.merchants import Merchant


class Category(models.TextChoices):
    """What kind of reward it is."""

    REPAIR_DISCOUNT = "repair_discount", "Repair discount"
    REPLACEMENT_DISCOUNT = "replacement_discount", "Replacement discount"
    PURCHASE_DISCOUNT = "purchase_discount", "Purchase discount"
    FREE_SERVICE = "free_service", "Free service"
    FREE_PRODUCT = "free_product", "Free product"
    SHIPPING = "shipping", "Shipping"
    MERCHANDISE = "merchandise", "Merchandise"
    GIFT_CARD = "gift_card", "Gift card"
    EXPERIENCE = "experience", "Experience"


class DiscountType(models.TextChoices):
    """How a reward lowers a price."""

    PERCENTAGE = "percentage", "Percentage"
    FIXED = "fixed", "Fixed amount"
    FREE = "free", "Free (100 % off)"
    NONE = "none", "None"


class RewardType(models.Model):
    """A kind of reward: how it is applied, and what it is worth.

    `discount_value` is a percentage (1 to 100) or minor units, as `discount_type` says.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    category = models.CharField(max_length=30, choices=Category.choices)
    discount_type = models.CharField(max_length=12, choices=DiscountType.choices, default=DiscountType.NONE)
    discount_value = models.BigIntegerField(default=0)
    description = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="reward_type_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="reward_type_id_merchant"),
            models.CheckConstraint(
                condition=Q(discount_type=DiscountType.PERCENTAGE, discount_value__range=(1, 100))
                | Q(discount_type=DiscountType.FIXED, discount_value__gt=0)
                | Q(discount_type__in=[DiscountType.FREE, DiscountType.NONE], discount_value=0),
                name="reward_type_discount_makes_sense",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RewardOption(models.Model):
    """Something that a customer can be granted, or can redeem points for."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    reward_type = models.ForeignKey(RewardType, on_delete=models.PROTECT, related_name="options", db_constraint=False)
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    points_required = models.BigIntegerField(
        null=True, blank=True, help_text="Empty: it cannot be bought with points, only granted."
    )
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            SameMerchant(field="reward_type", name="reward_option_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "code"], name="reward_option_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="reward_option_id_merchant"),
            models.CheckConstraint(
                condition=Q(points_required__isnull=True) | Q(points_required__gt=0),
                name="reward_option_points_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.name
