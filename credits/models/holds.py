from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from credits.models.accounts import Account
from credits.models.lots import Lot
from referrals.models.merchants import Merchant


class HoldState(models.TextChoices):
    """A hold ends once, in one of three ways."""

    OPEN = "open", _("Open")
    CAPTURED = "captured", _("Captured")
    RELEASED = "released", _("Released")
    LAPSED = "lapsed", _("Lapsed")


class Hold(models.Model):
    """Points promised to one purpose, until it takes them, gives them up, or lets the time pass.

    A hold writes no entry, its capture does: of all its points or of some, and the others are free again. The
    unique `key` names the purpose: asking again is the same hold.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="holds", db_index=False, db_constraint=False
    )
    points = models.BigIntegerField()
    captured_points = models.BigIntegerField(default=0)
    state = models.CharField(max_length=10, choices=HoldState.choices, default=HoldState.OPEN)
    key = models.CharField(max_length=120)
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameMerchant(field="account", name="hold_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "key"], name="hold_once_a_purpose"),
            models.CheckConstraint(
                condition=Q(points__gt=0, captured_points__gte=0, captured_points__lte=F("points")),
                name="hold_captures_what_it_holds",
            ),
            models.CheckConstraint(
                condition=Q(state=HoldState.CAPTURED, captured_points__gt=0)
                | (~Q(state=HoldState.CAPTURED) & Q(captured_points=0)),
                name="hold_captured_has_points",
            ),
            models.CheckConstraint(
                condition=Q(state=HoldState.OPEN, ended_at__isnull=True)
                | (~Q(state=HoldState.OPEN) & Q(ended_at__isnull=False)),
                name="hold_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="hold_to_lapse", condition=Q(state=HoldState.OPEN)),
            models.Index(fields=["account"], name="hold_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.points} {self.state}"


class HeldLot(models.Model):
    """How much of which lot a hold was given; the soonest-expiring lot first."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="held_lots", db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="held_lots")
    points = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hold", "lot"], name="held_lot_once"),
            models.CheckConstraint(condition=Q(points__gt=0), name="held_lot_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.points} of lot {self.lot_id}"
