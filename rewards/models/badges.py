from django.db import models

from config.lib.constraints import SameMerchant
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from rewards.models.evaluations import Evaluation


class Badge(models.Model):
    """Something that a customer can be proud of, and that is worth nothing else."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="badge_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="badge_id_merchant"),
        ]

    def __str__(self) -> str:
        return self.name


class BadgeAward(models.Model):
    """A customer has a badge, once; the evaluation is that which gave it last, if it was taken back in between."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    evaluation = models.ForeignKey(Evaluation, on_delete=models.PROTECT, related_name="badge_awards")
    awarded_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            SameMerchant(field="badge", name="badge_award_badge_same_merchant"),
            SameMerchant(field="customer", name="badge_award_customer_same_merchant"),
            models.UniqueConstraint(fields=["customer", "badge"], name="badge_award_once"),
        ]

    def __str__(self) -> str:
        return f"{self.badge_id} of {self.customer_id}"
