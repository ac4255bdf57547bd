from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class RfmSegment(models.TextChoices):
    """What a customer is to the merchant, by the scores of recency (R), frequency (F) and monetary value (M).

    | R      | F + M ≥ 8 | F + M 6 or 7 | F + M ≤ 5       |
    |--------|-----------|--------------|-----------------|
    | 4 or 5 | champions | loyal        | promising       |
    | 3      | loyal     | loyal        | needs attention |
    | 1 or 2 | at risk   | at risk      | dormant         |
    """

    CHAMPIONS = "champions", _("Champions")
    LOYAL = "loyal", _("Loyal")
    PROMISING = "promising", _("Promising")
    NEEDS_ATTENTION = "needs_attention", _("Needs attention")
    AT_RISK = "at_risk", _("At risk")
    DORMANT = "dormant", _("Dormant")


class CustomerRfm(models.Model):
    """How lately, how often and for how much a customer buys, as it was computed last; it can be computed anew.

    Only who bought something within the window, and did not give all of it back, has a row.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    recency_days = models.IntegerField(help_text="Whole days since the last purchase.")
    frequency = models.IntegerField(help_text="Purchases, without those that were wholly paid back.")
    monetary = models.BigIntegerField(help_text="Minor units paid, less what was paid back.")
    recency_score = models.PositiveSmallIntegerField()
    frequency_score = models.PositiveSmallIntegerField()
    monetary_score = models.PositiveSmallIntegerField()
    segment = models.CharField(max_length=20, choices=RfmSegment.choices)
    window_days = models.IntegerField(help_text="How far back purchases counted.")
    computed_at = models.DateTimeField()

    class Meta:
        verbose_name = "customer RFM"
        verbose_name_plural = "customer RFM"
        constraints = [
            SameMerchant(field="customer", name="customer_rfm_same_merchant"),
            models.CheckConstraint(
                condition=Q(recency_score__range=(1, 5))
                & Q(frequency_score__range=(1, 5))
                & Q(monetary_score__range=(1, 5)),
                name="customer_rfm_scores_from_one_to_five",
            ),
        ]
        indexes = [models.Index(fields=["merchant", "segment"], name="customer_rfm_by_segment")]

    def __str__(self) -> str:
        return f"{self.recency_score}{self.frequency_score}{self.monetary_score} {self.segment}"
