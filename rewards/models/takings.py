from django.db import models
from django.db.models import Q

from config.lib.constraints import SameMerchant
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from rewards.models.catalog import RewardOption
from rewards.models.partners import Partner, Settlement


class Taking(models.Model):
    """So many of a reward option, taken off the shelf for one purpose of one customer; given back at most once.

    The unique `key` names the purpose, so whatever is repeated takes once. What was granted does not count against
    the customer's limit: the policy that grants has limits of its own. What a partner supplied is owed to it at
    `unit_cost` each, in one settlement; what is given back after that is deducted in one.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    option = models.ForeignKey(
        RewardOption, on_delete=models.PROTECT, related_name="takings", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    quantity = models.PositiveIntegerField()
    key = models.CharField(max_length=120)
    is_granted = models.BooleanField(default=False)
    taken_at = models.DateTimeField()
    given_back_at = models.DateTimeField(null=True)
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, null=True, related_name="takings", db_index=False, db_constraint=False
    )
    unit_cost = models.BigIntegerField(default=0, help_text="Minor units.")
    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, null=True, related_name="takings", db_constraint=False
    )
    deduction = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, null=True, related_name="returns", db_constraint=False
    )

    class Meta:
        constraints = [
            SameMerchant(field="option", name="taking_option_same_merchant"),
            SameMerchant(field="customer", name="taking_customer_same_merchant"),
            SameMerchant(field="partner", name="taking_partner_same_merchant"),
            SameMerchant(field="settlement", name="taking_settlement_same_merchant"),
            SameMerchant(field="deduction", name="taking_deduction_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "key"], name="taking_once_a_purpose"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="taking_quantity_positive"),
            models.CheckConstraint(
                condition=Q(given_back_at__isnull=True) | Q(given_back_at__gte=models.F("taken_at")),
                name="taking_given_back_later",
            ),
            models.CheckConstraint(
                condition=Q(partner__isnull=False, unit_cost__gte=0)
                | Q(partner__isnull=True, unit_cost=0, settlement__isnull=True),
                name="taking_owed_to_a_partner",
            ),
            models.CheckConstraint(
                condition=Q(deduction__isnull=True) | Q(settlement__isnull=False, given_back_at__isnull=False),
                name="taking_deducted_after_it_was_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "option"], name="taking_by_customer"),
            models.Index(
                fields=["partner", "taken_at"], name="taking_to_settle",
                condition=Q(partner__isnull=False, settlement__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.quantity} × {self.option_id}"
