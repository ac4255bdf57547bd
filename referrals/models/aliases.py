from django.db import models
from django.db.models import Q

from config.lib.constraints import SameMerchant
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class LeaderboardAlias(models.Model):
    """The name under which a customer chose to stand on the leaderboard; without a row they are not on it."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    alias = models.CharField(max_length=30)
    folded = models.CharField(max_length=60, editable=False, help_text="By which two aliases are the same.")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "leaderboard aliases"
        constraints = [
            SameMerchant(field="customer", name="leaderboard_alias_same_merchant"),
            models.UniqueConstraint(fields=["folded", "merchant"], name="leaderboard_alias_once"),
            models.CheckConstraint(condition=Q(alias__regex=r"^\S.{1,28}\S$"), name="leaderboard_alias_is_a_name"),
        ]

    def __str__(self) -> str:
        return self.alias
