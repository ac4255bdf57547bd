import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from fulfillment.models.redemptions import Redemption
from referrals.models.merchants import Merchant
from rewards.models.catalog import RewardOption


class Slot(models.Model):
    """A time at which an experience can be had, by so many at once; `taken` counts the places that are booked."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    option = models.ForeignKey(
        RewardOption, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    places = models.PositiveIntegerField(default=1)
    taken = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        constraints = [
            SameMerchant(field="option", name="slot_same_merchant"),
            models.UniqueConstraint(fields=["id", "merchant"], name="slot_id_merchant"),
            models.UniqueConstraint(fields=["option", "starts_at"], name="slot_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_it_begins"),
            models.CheckConstraint(condition=Q(taken__lte=F("places")), name="slot_never_overbooked"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} ({self.taken} of {self.places})"


class AppointmentState(models.TextChoices):
    """The life of an appointment."""

    BOOKED = "booked", _("Booked")
    CANCELLED = "cancelled", _("Cancelled")
    KEPT = "kept", _("Kept")
    MISSED = "missed", _("Missed")


class Appointment(models.Model):
    """A place in a slot, booked for a redemption, which has one at a time."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    redemption = models.ForeignKey(
        Redemption, on_delete=models.PROTECT, related_name="appointments", db_constraint=False
    )
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="appointments", db_constraint=False)
    places = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=AppointmentState.choices, default=AppointmentState.BOOKED)
    booked_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameMerchant(field="redemption", name="appointment_redemption_same_merchant"),
            SameMerchant(field="slot", name="appointment_slot_same_merchant"),
            models.UniqueConstraint(
                fields=["redemption"],
                condition=Q(state__in=[AppointmentState.BOOKED, AppointmentState.KEPT]),
                name="appointment_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=AppointmentState.BOOKED) ^ Q(ended_at__isnull=False), name="appointment_ends_once"
            ),
            models.CheckConstraint(condition=Q(places__gt=0), name="appointment_places_positive"),
        ]
        indexes = [
            models.Index(
                fields=["slot"],
                name="appointment_to_remind",
                condition=Q(state=AppointmentState.BOOKED, reminded_at__isnull=True),
            )
        ]
        triggers = [
            pgtrigger.FSM(
                name="appointment_goes_its_way",
                field="state",
                transitions=[("booked", "cancelled"), ("booked", "kept"), ("booked", "missed")],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slot_id} ({self.state})"
