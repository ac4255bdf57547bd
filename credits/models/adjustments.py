from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from credits.models.accounts import Account
from credits.models.entries import Entry
from referrals.models.merchants import Merchant


class AdjustmentState(models.TextChoices):
    """Where an adjustment stands."""

    WAITING = "waiting", _("Waits for a second person")
    POSTED = "posted", _("Posted")
    REFUSED = "refused", _("Refused")


class Adjustment(models.Model):
    """A person gives or takes points, and says why.

    Above the wallet's limit a second person decides (four eyes). The words stand here and not in the entry,
    which could never be changed.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="adjustments", db_index=False, db_constraint=False
    )
    points = models.BigIntegerField(help_text="Negative takes away.")
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=AdjustmentState.choices)
    needs_second = models.BooleanField(help_text="More than one person may do alone.")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, related_name="adjustment")

    class Meta:
        constraints = [
            SameMerchant(field="account", name="adjustment_same_merchant"),
            models.CheckConstraint(
                condition=~Q(points=0) & Q(points__range=(-(10**9), 10**9)), name="adjustment_points_in_range"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="adjustment_has_a_reason"),
            models.CheckConstraint(
                condition=Q(state=AdjustmentState.POSTED, entry__isnull=False)
                | (~Q(state=AdjustmentState.POSTED) & Q(entry__isnull=True)),
                name="adjustment_posted_has_an_entry",
            ),
            models.CheckConstraint(
                condition=Q(state=AdjustmentState.WAITING, needs_second=True, decided_at__isnull=True)
                | (~Q(state=AdjustmentState.WAITING) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="adjustment_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(needs_second=False) | Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="adjustment_four_eyes",
            ),
        ]
        indexes = [models.Index(fields=["account", "id"], name="adjustment_by_account")]

    def __str__(self) -> str:
        return f"{self.points:+d} {self.state}"
