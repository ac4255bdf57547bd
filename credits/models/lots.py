from django.db import models
from django.db.models import F, Q

from config.lib.immutable import immutable
from credits.models.accounts import Account
from credits.models.entries import Entry


class Lot(models.Model):
    """Points that were earned together: spendable from `active_at` until `expires_at`.

    There is one lot for each entry that brought points. `active_at` empty waits for a cause that
    `waiting_for` names. What remains goes down when the lot pays for something (LotUse) and up when that
    is undone; the original expiry stays. `held` of what remains is promised to holds: it is spent by
    nothing else, and does not expire while it is held.
    """

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="lot")
    # The account is its entry's, copied to find lots quickly; the entry's constraints hold it.
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="lots", db_index=False, db_constraint=False
    )
    granted = models.BigIntegerField()
    remaining = models.BigIntegerField()
    held = models.BigIntegerField(default=0, db_default=0)
    earned_at = models.DateTimeField()
    active_at = models.DateTimeField(null=True)
    waiting_for = models.CharField(max_length=20, blank=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("granted"), granted__gt=0),
                name="lot_remaining_in_range",
            ),
            models.CheckConstraint(condition=Q(held__gte=0, held__lte=F("remaining")), name="lot_held_in_range"),
            models.CheckConstraint(
                condition=Q(active_at__isnull=False, waiting_for="") | (Q(active_at__isnull=True) & ~Q(waiting_for="")),
                name="lot_waits_for_a_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "expires_at"], name="lot_to_spend", condition=Q(remaining__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.remaining} of {self.granted}"


class LotUse(models.Model):
    """Which lot paid how much of which entry; a negative number gives back what was paid. Never changed."""

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="uses")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lot_uses")
    points = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(points=0), name="lot_use_not_zero")]
        triggers = [*immutable("lot_use")]

    def __str__(self) -> str:
        return f"{self.points} of lot {self.lot_id}"
