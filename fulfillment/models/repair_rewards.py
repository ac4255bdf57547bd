from django.db import models
from django.db.models import F, Q

from config.lib.constraints import SameCustomer, SameMerchant
from fulfillment.models.redemptions import Redemption
from fulfillment.models.service_records import ServiceRecord
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from rewards.models.catalog import Category, DiscountType

LOWERING = (Category.REPAIR_DISCOUNT, Category.REPLACEMENT_DISCOUNT, Category.FREE_SERVICE)
"""The categories of rewards that lower the price of a job; all others never do."""


class RepairReward(models.Model):
    """A reward that was applied to a job: what the job cost before it, and after it.

    Somebody who saw both prices confirmed them. A job has at most one of a kind, and it is the customer's own.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    redemption = models.OneToOneField(
        Redemption, on_delete=models.PROTECT, related_name="repair_reward", db_constraint=False
    )
    service_record = models.ForeignKey(
        ServiceRecord, on_delete=models.PROTECT, related_name="rewards", db_index=False, db_constraint=False
    )
    category = models.CharField(max_length=30, choices=Category.choices)
    discount_type = models.CharField(max_length=12, choices=DiscountType.choices)
    discount_value = models.BigIntegerField(help_text="Percent, or minor units.")
    price_before = models.BigIntegerField(help_text="Minor units.")
    price_after = models.BigIntegerField(help_text="Minor units.")
    actor = models.CharField(max_length=40)
    applied_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="redemption", name="repair_reward_same_merchant"),
            SameMerchant(field="customer", name="repair_reward_customer_same_merchant"),
            SameCustomer(field="redemption", name="repair_reward_redemption_same_customer"),
            SameCustomer(field="service_record", name="repair_reward_record_same_customer"),
            models.UniqueConstraint(fields=["service_record", "category"], name="repair_reward_one_of_a_kind"),
            models.CheckConstraint(condition=Q(category__in=LOWERING), name="repair_reward_never_merchandise"),
            models.CheckConstraint(
                condition=Q(price_after__gte=0, price_after__lte=F("price_before")),
                name="repair_reward_lowers_the_price",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.price_before} → {self.price_after}"
