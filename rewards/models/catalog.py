from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.dates import end_of_day
from referrals.models.merchants import Merchant
from rewards.models.partners import Partner


class Kind(models.TextChoices):
    """How a reward reaches its customer."""

    DISCOUNT = "discount", _("Discount")
    SHIPPING = "shipping", _("Shipping")
    PRODUCT = "product", _("Product")
    SERVICE = "service", _("Service")
    EXPERIENCE = "experience", _("Experience")


class Category(models.TextChoices):
    """What kind of reward it is."""

    REPAIR_DISCOUNT = "repair_discount", _("Repair discount")
    REPLACEMENT_DISCOUNT = "replacement_discount", _("Replacement discount")
    PURCHASE_DISCOUNT = "purchase_discount", _("Purchase discount")
    FREE_SERVICE = "free_service", _("Free service")
    FREE_PRODUCT = "free_product", _("Free product")
    SHIPPING = "shipping", _("Shipping")
    MERCHANDISE = "merchandise", _("Merchandise")
    GIFT_CARD = "gift_card", _("Gift card")
    EXPERIENCE = "experience", _("Experience")


KIND_OF = {
    Category.REPAIR_DISCOUNT: Kind.DISCOUNT,
    Category.REPLACEMENT_DISCOUNT: Kind.DISCOUNT,
    Category.PURCHASE_DISCOUNT: Kind.DISCOUNT,
    Category.FREE_SERVICE: Kind.SERVICE,
    Category.FREE_PRODUCT: Kind.PRODUCT,
    Category.SHIPPING: Kind.SHIPPING,
    Category.MERCHANDISE: Kind.PRODUCT,
    Category.GIFT_CARD: Kind.PRODUCT,
    Category.EXPERIENCE: Kind.EXPERIENCE,
}
"""What a shop calls the type of a reward, by its category."""


class DiscountType(models.TextChoices):
    """How a reward lowers a price."""

    PERCENTAGE = "percentage", _("Percentage")
    FIXED = "fixed", _("Fixed amount")
    FREE = "free", _("Free (100 % off)")
    NONE = "none", _("None")


class Period(models.TextChoices):
    """In which time a limit counts, in the merchant's zone."""

    EVER = "ever", _("Ever")
    DAY = "day", _("A day")
    WEEK = "week", _("A week")
    MONTH = "month", _("A month")
    YEAR = "year", _("A year")


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
    product_category = models.CharField(
        max_length=60, blank=True, help_text="Which lines of a purchase it is for; empty: any."
    )
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

    @property
    def kind(self) -> Kind:
        """How such a reward reaches its customer."""
        return KIND_OF[Category(self.category)]


class RewardOption(models.Model):
    """Something that a customer can be granted, or can redeem points for; and on which terms.

    Its stock is what was ever put on the shelf, less what was taken: so more can be put there while others take,
    and a programme that says how much there was says the same tomorrow.
    """

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
    stock_quantity = models.BigIntegerField(
        null=True, blank=True, help_text="How many there were in all; empty: no end of them."
    )
    stock_taken = models.BigIntegerField(default=0, editable=False)
    needs_coupon = models.BooleanField(default=False, help_text="Each is a code out of its pool.")
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, blank=True, related_name="options", db_constraint=False
    )
    partner_price = models.BigIntegerField(default=0, help_text="What the partner asks for each, minor units.")
    per_customer_max = models.PositiveIntegerField(null=True, blank=True, help_text="Empty: no limit.")
    per_customer_period = models.CharField(max_length=5, choices=Period.choices, default=Period.EVER)
    min_tier = models.CharField(max_length=30, blank=True, help_text="Code of the lowest tier that may have it.")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True, help_text="The first moment at which it is gone.")
    minimum_order = models.BigIntegerField(default=0, help_text="Minor units of the order to which it is applied.")
    valid_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Days from issue, to the end of the last; empty: for ever."
    )
    needs_approval = models.BooleanField(default=False)
    needs_technician = models.BooleanField(default=False)
    shipping_required = models.BooleanField(default=False)
    by_appointment = models.BooleanField(default=False)
    fulfilment_hours = models.PositiveIntegerField(
        null=True, blank=True, help_text="Within how many hours it is delivered; empty: not promised."
    )
    picture_url = models.CharField(max_length=500, blank=True, help_text="It begins with https://.")
    picture_alt = models.CharField(max_length=200, blank=True, help_text="What the picture shows.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            SameMerchant(field="reward_type", name="reward_option_same_merchant"),
            SameMerchant(field="partner", name="reward_option_partner_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "code"], name="reward_option_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="reward_option_id_merchant"),
            models.CheckConstraint(
                condition=Q(points_required__isnull=True) | Q(points_required__gt=0),
                name="reward_option_points_positive",
            ),
            models.CheckConstraint(
                condition=Q(stock_taken__gte=0)
                & (Q(stock_quantity__isnull=True) | Q(stock_quantity__gte=F("stock_taken"))),
                name="reward_option_stock_never_negative",
            ),
            models.CheckConstraint(
                condition=(Q(per_customer_max__isnull=True) & Q(per_customer_period=Period.EVER))
                | Q(per_customer_max__isnull=False, per_customer_max__gt=0),
                name="reward_option_limit_positive",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="reward_option_starts_before_it_ends",
            ),
            models.CheckConstraint(
                condition=Q(minimum_order__gte=0, partner_price__gte=0), name="reward_option_minimum_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(partner__isnull=False) | Q(partner_price=0), name="reward_option_price_of_a_partner"
            ),
            models.CheckConstraint(
                condition=(Q(valid_days__isnull=True) | Q(valid_days__gt=0))
                & (Q(fulfilment_hours__isnull=True) | Q(fulfilment_hours__gt=0)),
                name="reward_option_times_positive",
            ),
            models.CheckConstraint(
                condition=Q(picture_url="", picture_alt="")
                | (Q(picture_url__startswith="https://") & ~Q(picture_alt="")),
                name="reward_option_picture_has_words",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    @property
    def stock(self) -> int | None:
        """How many are left; None: no end of them."""
        return None if self.stock_quantity is None else self.stock_quantity - self.stock_taken

    @property
    def is_delivered(self) -> bool:
        """Whether somebody has to bring it about, so that it is not for a checkout."""
        return self.needs_technician or self.shipping_required or self.by_appointment

    def valid_until(self, issued_at: datetime, zone: ZoneInfo) -> datetime | None:
        """When what is issued at a moment can no longer be used: the end of its last day; None: never.

        :param zone: the merchant's.
        """
        if self.valid_days is None:
            return None
        return end_of_day(issued_at.astimezone(zone).date() + timedelta(days=self.valid_days), zone)
