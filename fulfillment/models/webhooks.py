from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.encryption import EncryptedTextField
from config.lib.ids import uuid7
from referrals.models.events import Event
from referrals.models.merchants import Merchant


class EndpointState(models.TextChoices):
    """Whether a merchant's system is told, and if not, why."""

    ENABLED = "enabled", _("Enabled")
    DISABLED = "disabled", _("Disabled")
    FAILING = "failing", _("Disabled, because it failed for days")
    GONE = "gone", _("Disabled, because it answered 410")
    REMOVED = "removed", _("Removed")


class WebhookEndpoint(models.Model):
    """A system of a merchant that is told what happens.

    Two secrets sign while they are rotated, so that the receiver may change theirs at any moment of that time.
    `failing_since` is when the attempts began that have all failed; until one succeeds, one at a time is made.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=500)
    description = models.CharField(max_length=200, blank=True)
    events = ArrayField(
        models.CharField(max_length=40), help_text='Types such as "tier.changed", groups such as "points.*", or "*".'
    )
    secret = EncryptedTextField(editable=False)
    previous_secret = EncryptedTextField(default="", editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    state = models.CharField(max_length=8, choices=EndpointState.choices, default=EndpointState.ENABLED)
    state_since = models.DateTimeField(editable=False)
    failing_since = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "merchant"], name="webhook_endpoint_id_merchant"),
            models.CheckConstraint(condition=models.Q(events__len__gt=0), name="webhook_endpoint_has_events"),
            models.CheckConstraint(
                condition=models.Q(state__in=EndpointState.values), name="webhook_endpoint_state_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(url__regex=r"^https?://[^/@[:space:]]+(/[^[:space:]#]*)?$"),
                name="webhook_endpoint_url_form",
            ),
        ]

    def __str__(self) -> str:
        return self.description or self.url


class DeliveryState(models.TextChoices):
    """How a delivery stands."""

    PENDING = "pending", _("Pending")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class Delivery(models.Model):
    """One event on its way to one endpoint; this row is the queue.

    `message_id` is what the receiver knows it by: the event's own id, the same at every attempt and every replay. A
    test has no event. `due_at` is also a lease: whoever tries it moves it on first, so that a worker that dies leaves
    it to be tried again. `log` has a line for each attempt. The body is made from the event at each attempt.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries", db_constraint=False, db_index=False
    )
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    message_id = models.UUIDField()
    type = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=20, blank=True)
    subject_id = models.BigIntegerField(null=True)
    state = models.CharField(max_length=9, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    log = models.JSONField(default=list)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            SameMerchant(field="endpoint", name="delivery_endpoint_same_merchant"),
            models.UniqueConstraint(fields=["endpoint", "event"], name="delivery_once_an_endpoint"),
            models.CheckConstraint(condition=models.Q(state__in=DeliveryState.values), name="delivery_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(state=DeliveryState.PENDING, ended_at__isnull=True)
                | (~models.Q(state=DeliveryState.PENDING) & models.Q(ended_at__isnull=False)),
                name="delivery_ends_once_it_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "subject_id", "subject_type", "event"],
                name="delivery_in_order",
                condition=models.Q(state=DeliveryState.PENDING),
            ),
            models.Index(
                fields=["endpoint", "due_at"], name="delivery_due", condition=models.Q(state=DeliveryState.PENDING)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"
