import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from config.lib.immutable import RefuseTruncate
from credits.models.holds import Hold
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from rewards.models.catalog import RewardOption
from rewards.models.grants import Grant


class Status(models.TextChoices):
    """How far a redemption has come."""

    PENDING = "pending", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    FULFILLED = "fulfilled", _("Fulfilled")
    REJECTED = "rejected", _("Rejected")
    CANCELLED = "cancelled", _("Cancelled")


LEGAL_MOVES = (
    (Status.PENDING, Status.APPROVED),
    (Status.PENDING, Status.REJECTED),
    (Status.PENDING, Status.CANCELLED),
    (Status.APPROVED, Status.FULFILLED),
    (Status.APPROVED, Status.REJECTED),
    (Status.APPROVED, Status.CANCELLED),
)
LIVE = (Status.PENDING, Status.APPROVED)
UNDONE = (Status.REJECTED, Status.CANCELLED)


class HasItsMove(pgtrigger.Trigger):
    """Refuses to commit a status that no row of the history led to."""

    when = pgtrigger.After
    level = pgtrigger.Row
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("status")  # type: ignore[no-untyped-call]  # it has no types
    timing = pgtrigger.Deferred

    def get_func(self, model: object) -> str:
        """The body of the trigger's function; it looks at the row as it is in the end."""
        return """
            IF NOT EXISTS (
                SELECT FROM fulfillment_redemption AS redemption
                JOIN fulfillment_statusmove AS move
                    ON move.redemption_id = redemption.id AND move.to_status = redemption.status
                WHERE redemption.id = NEW.id
            ) THEN
                RAISE EXCEPTION 'The status of redemption % has no move in its history', NEW.id;
            END IF;
            RETURN NULL;
        """


class Redemption(models.Model):
    """A reward that a customer asked for with points, or was granted, on its way to them.

    What was promised is kept as it was at that moment: the price, and the ways in which it is delivered. Points are
    held until it is fulfilled (`hold`); what a policy granted costs none (`grant`). `key` names the cause: one
    redemption for each, for ever.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    option = models.ForeignKey(RewardOption, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    quantity = models.PositiveIntegerField(default=1)
    unit_points = models.BigIntegerField(help_text="What one cost when it was asked for.")
    points = models.BigIntegerField()
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, null=True, related_name="+")
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False)
    key = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.PENDING)
    needs_technician = models.BooleanField()
    shipping_required = models.BooleanField()
    by_appointment = models.BooleanField()
    region = models.CharField(max_length=60, blank=True, help_text="Where it is delivered, in the merchant's words.")
    due_at = models.DateTimeField(null=True, help_text="Until when it was promised.")
    dispatch_at = models.DateTimeField(null=True, help_text="When a technician is looked for next.")
    event_sequence = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="redemption_customer_same_merchant"),
            SameMerchant(field="option", name="redemption_option_same_merchant"),
            SameMerchant(field="grant", name="redemption_grant_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "key"], name="redemption_one_per_cause"),
            models.UniqueConstraint(fields=["id", "merchant"], name="redemption_id_merchant"),
            models.UniqueConstraint(fields=["id", "customer"], name="redemption_id_customer"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_points__gte=0, points=F("unit_points") * F("quantity")),
                name="redemption_costs_price_times_quantity",
            ),
            models.CheckConstraint(
                condition=Q(points__gt=0, hold__isnull=False, grant__isnull=True)
                | Q(points=0, hold__isnull=True, grant__isnull=False),
                name="redemption_is_paid_or_granted",
            ),
            models.CheckConstraint(
                condition=Q(status__in=LIVE, ended_at__isnull=True) | (~Q(status__in=LIVE) & Q(ended_at__isnull=False)),
                name="redemption_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(dispatch_at__isnull=True) | Q(status=Status.APPROVED, needs_technician=True),
                name="redemption_dispatched_while_approved",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "id"], name="redemption_by_customer"),
            models.Index(fields=["merchant", "due_at"], name="redemption_live", condition=Q(status__in=LIVE)),
            models.Index(fields=["dispatch_at"], name="redemption_to_dispatch", condition=Q(dispatch_at__isnull=False)),
        ]
        triggers = [
            pgtrigger.Protect(
                name="redemption_begins_pending",
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status=Status.PENDING.value),
            ),
            pgtrigger.FSM(
                name="redemption_goes_its_way",
                field="status",
                transitions=[(before.value, after.value) for before, after in LEGAL_MOVES],
            ),
            pgtrigger.ReadOnly(
                name="redemption_asks_for_ever_the_same",
                fields=[
                    "uuid", "merchant", "customer", "option", "quantity", "unit_points", "points", "hold", "grant",
                    "key", "needs_technician", "shipping_required", "by_appointment", "created_at",
                ],
            ),
            HasItsMove(name="redemption_has_its_move"),
            pgtrigger.Protect(name="redemption_never_goes", operation=pgtrigger.Delete),
            RefuseTruncate(name="redemption_never_truncated"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.uuid)

    @property
    def user_id(self) -> int | None:
        """The login of whoever has it in the end: of the customer, or of whom they were merged into since."""
        return (self.customer.merged_into or self.customer).user_id

    @property
    def purpose(self) -> str:
        """The name of what points, stock and coupons are taken for."""
        return f"redemption:{self.uuid}"
