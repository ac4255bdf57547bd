from django.db import models
from django.db.models import F, Q

from config.lib.constraints import SameMerchant
from referrals.models.merchants import Merchant
from rewards.models.catalog import RewardOption


class OptionPopularity(models.Model):
    """How many customers chose a reward option lately; it names nobody, and is computed anew every night."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    option = models.OneToOneField(RewardOption, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    customers = models.PositiveIntegerField()

    class Meta:
        constraints = [
            SameMerchant(field="option", name="option_popularity_same_merchant"),
            models.CheckConstraint(condition=Q(customers__gt=0), name="option_popularity_of_somebody"),
        ]
        verbose_name_plural = "option popularities"

    def __str__(self) -> str:
        return f"{self.option_id}: {self.customers}"


class OptionAffinity(models.Model):
    """Whoever chose `option` often chose `other`, too: so many customers both, and how strongly that ties them.

    It names nobody, and is computed anew every night.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    option = models.ForeignKey(
        RewardOption, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    other = models.ForeignKey(RewardOption, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    customers = models.PositiveIntegerField(help_text="Who chose both.")
    strength = models.PositiveIntegerField(help_text="In millionths.")

    class Meta:
        constraints = [
            SameMerchant(field="option", name="option_affinity_option_same_merchant"),
            SameMerchant(field="other", name="option_affinity_other_same_merchant"),
            models.UniqueConstraint(fields=["option", "other"], name="option_affinity_once"),
            models.CheckConstraint(condition=~Q(option=F("other")), name="option_affinity_of_two"),
            models.CheckConstraint(
                condition=Q(customers__gt=0, strength__range=(1, 1_000_000)), name="option_affinity_in_range"
            ),
        ]
        verbose_name_plural = "option affinities"

    def __str__(self) -> str:
        return f"{self.option_id} and {self.other_id}"
