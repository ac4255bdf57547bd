from datetime import time

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.encryption import EncryptedTextField
from config.lib.ids import uuid7
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class Channel(models.TextChoices):
    """The ways out of the house; what is told in the app needs none."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    PUSH = "push", _("Web push")


class Notification(models.Model):
    """Something that a person was told: a customer, or somebody who works for the merchant.

    `kind` names a row of the table of notices. Sentences are made when they are read, in the reader's language, from
    `arguments`: numbers, days, and the merchant's own words, never anything personal. `key` names the cause, so that
    nobody is told the same twice.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False, db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="notification_customer_same_merchant"),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False, user__isnull=True)
                | models.Q(customer__isnull=True, user__isnull=False),
                name="notification_has_one_reader",
            ),
            models.UniqueConstraint(fields=["customer", "key"], name="notification_once_a_customer"),
            models.UniqueConstraint(fields=["user", "key"], name="notification_once_a_user"),
        ]
        indexes = [
            models.Index(fields=["customer", "id"], name="notification_of_customer"),
            models.Index(fields=["customer"], name="notification_unread", condition=models.Q(read_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


class MessageState(models.TextChoices):
    """How a message stands."""

    PENDING = "pending", _("Pending")
    SENT = "sent", _("Sent")
    SKIPPED = "skipped", _("Not sent: there was no way, or no wish")
    FAILED = "failed", _("Given up")


class Message(models.Model):
    """A notification on its way by one channel; this row is the queue.

    `due_at` is also a lease, as that of a Delivery. The address is looked up when it is sent and kept nowhere here.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    notification = models.ForeignKey(Notification, on_delete=models.PROTECT, related_name="messages", db_index=False)
    channel = models.CharField(max_length=5, choices=Channel.choices)
    state = models.CharField(max_length=7, choices=MessageState.choices, default=MessageState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=40, blank=True, help_text="A code, never the words of another system.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="message_once_a_channel"),
            models.CheckConstraint(condition=models.Q(channel__in=Channel.values), name="message_channel_is_known"),
            models.CheckConstraint(
                condition=models.Q(state=MessageState.PENDING, ended_at__isnull=True)
                | (
                    models.Q(state__in=[MessageState.SENT, MessageState.SKIPPED, MessageState.FAILED])
                    & models.Q(ended_at__isnull=False)
                ),
                name="message_ends_once_it_ended",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="message_due", condition=models.Q(state=MessageState.PENDING))]

    def __str__(self) -> str:
        return f"{self.channel} {self.notification_id}"


class Voice(models.Model):
    """How a merchant speaks to people: under which name, in which language, and at which hours not."""

    merchant = models.OneToOneField(Merchant, on_delete=models.PROTECT, related_name="+")
    sender_name = models.CharField(max_length=100, blank=True, help_text="Empty: the merchant's name.")
    language = models.CharField(max_length=10, default="en")
    quiet_from = models.TimeField(default=time(21), help_text="From this hour, in the reader's zone, nothing is sent.")
    quiet_until = models.TimeField(default=time(8), help_text="The same as from: there are no quiet hours.")

    def __str__(self) -> str:
        return f"Voice of {self.merchant_id}"


class Wording(models.Model):
    """A merchant's own words for a notice, in place of ours.

    Placeholders such as `{points}` stand for what the notice tells; which there are, the table of notices says.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=40)
    channel = models.CharField(
        max_length=5, choices=Channel.choices, blank=True, help_text="Empty: for every channel, and in the app."
    )
    language = models.CharField(max_length=10, default="en")
    title = models.CharField(max_length=120)
    text = models.TextField(max_length=2000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "kind", "channel", "language"], name="wording_once"),
            models.CheckConstraint(
                condition=models.Q(channel__in=["", *Channel.values]), name="wording_channel_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel} {self.language}".replace("  ", " ")


class ContactPreference(models.Model):
    """How a customer wants to be told: by which channels of each topic, in which language, and not at which hours.

    What is empty is as the merchant has it. Deleted at erasure.
    """

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    channels = models.JSONField(default=dict, help_text="Channels by topic; topics that are not named are as usual.")
    language = models.CharField(max_length=10, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="contact_preference_same_merchant"),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="contact_preference_quiet_has_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"Preferences of {self.customer_id}"


class PushSubscription(models.Model):
    """A browser that a customer, or somebody who works for the merchant, lets us wake.

    Its address and keys are theirs, and a customer's are deleted at erasure. `endpoint_hash` finds the address again.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    endpoint = EncryptedTextField()
    endpoint_hash = models.BinaryField(max_length=32)
    p256dh = models.BinaryField(max_length=65)
    auth = models.BinaryField(max_length=16)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="push_subscription_same_merchant"),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False, user__isnull=True)
                | models.Q(customer__isnull=True, user__isnull=False),
                name="push_subscription_has_one_reader",
            ),
            models.UniqueConstraint(fields=["customer", "endpoint_hash"], name="push_subscription_once"),
            models.UniqueConstraint(fields=["user", "endpoint_hash"], name="push_subscription_once_a_user"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
