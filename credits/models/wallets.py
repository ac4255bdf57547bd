from django.db import models

from referrals.models.merchants import Merchant


class ReturnPolicy(models.TextChoices):
    """What a refund does about points that were already spent."""

    OWED = "owed", "Becomes a debt that the next earnings repay first"
    FORGIVE = "forgive", "Is forgiven"
    PENDING_ONLY = "pending_only", "Only pending points are taken back"


class Wallet(models.Model):
    """A kind of points of one merchant, and the terms on which they are kept.

    A merchant has one default wallet; more are possible.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=30, default="points")
    unit_name = models.CharField(max_length=30, default="points")
    is_default = models.BooleanField(default=True)
    expiry_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Calendar months from earning to expiry; empty: points never expire."
    )
    return_policy = models.CharField(max_length=12, choices=ReturnPolicy.choices, default=ReturnPolicy.OWED)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="wallet_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="wallet_id_merchant"),
            models.UniqueConstraint(
                fields=["merchant"], condition=models.Q(is_default=True), name="wallet_one_default"
            ),
            models.CheckConstraint(
                condition=models.Q(expiry_months__isnull=True) | models.Q(expiry_months__gt=0),
                name="wallet_expiry_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merchant_id}:{self.code}"
