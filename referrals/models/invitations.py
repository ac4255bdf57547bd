from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.encryption import EncryptedTextField
from config.lib.ids import uuid7
from config.lib.immutable import immutable
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer
from referrals.models.destinations import Destination
from referrals.models.merchants import Merchant
from referrals.models.referrals import Referral

ADDRESS_KEPT = timedelta(days=30)
"""How long it is known to whom an invitation went."""


class InvitationState(models.TextChoices):
    """What has become of an invitation; only staff may see that one was withheld."""

    WAITING = "waiting", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    WITHHELD = "withheld", _("Not sent, and nobody is told")
    FAILED = "failed", _("Could not be sent")


class Withheld(models.TextChoices):
    """Why an invitation is not sent."""

    OPTED_OUT = "opted_out", _("They want no invitations")
    KNOWN = "known", _("They are a customer already")
    INVITED_LATELY = "invited_lately", _("They were invited a short time ago")
    NO_CODE = "no_code", _("The code is over")


class Invitation(models.Model):
    """A customer asks us to write to a friend. The row is the queue: it is sent once, by whoever takes it.

    `sent_at` is when it was sent, or when it would have been: who invites cannot see by it whom we know already.
    The address is encrypted; it and its hash are gone some weeks later, and at once when either person is erased.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    referrer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invitations", db_constraint=False)
    code = models.ForeignKey(
        ReferralCode, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    destination = models.ForeignKey(
        Destination, on_delete=models.PROTECT, related_name="+", null=True, db_index=False, db_constraint=False
    )
    email = EncryptedTextField(default="", editable=False)
    email_hash = models.BinaryField(max_length=32, null=True, editable=False)
    language = models.CharField(max_length=10, blank=True, help_text="That in which the customer asked; empty: ours.")
    state = models.CharField(max_length=10, choices=InvitationState.choices, default=InvitationState.WAITING)
    withheld_because = models.CharField(max_length=20, choices=Withheld.choices, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField(help_text="When it is tried next.")
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    clicked_at = models.DateTimeField(null=True)
    referral = models.OneToOneField(
        Referral, on_delete=models.PROTECT, related_name="+", null=True, db_constraint=False
    )

    class Meta:
        constraints = [
            SameMerchant(field="referrer", name="invitation_referrer_same_merchant"),
            SameMerchant(field="code", name="invitation_code_same_merchant"),
            SameMerchant(field="destination", name="invitation_destination_same_merchant"),
            SameMerchant(field="referral", name="invitation_referral_same_merchant"),
            models.CheckConstraint(
                condition=~Q(state=InvitationState.WAITING) | Q(email_hash__isnull=False),
                name="invitation_that_waits_has_an_address",
            ),
            models.CheckConstraint(
                condition=Q(state=InvitationState.WITHHELD) ^ Q(withheld_because=""),
                name="invitation_withheld_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[InvitationState.SENT, InvitationState.WITHHELD]) ^ Q(sent_at__isnull=True),
                name="invitation_sent_has_a_date",
            ),
        ]
        indexes = [
            models.Index(fields=["try_at"], condition=Q(state=InvitationState.WAITING), name="invitation_waiting"),
            models.Index(
                fields=["email_hash", "merchant"],
                condition=Q(email_hash__isnull=False),
                name="invitation_by_address",
            ),
            models.Index(fields=["created_at"], condition=Q(email_hash__isnull=False), name="invitation_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class InvitationOptOut(models.Model):
    """Somebody wants no invitations in the name of a merchant, for ever. Of the address only a keyed hash is kept."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    address_hash = models.BinaryField(max_length=32, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address_hash", "merchant"], name="invitation_opt_out_once"),
        ]
        triggers = [*immutable("invitation_opt_out")]

    def __str__(self) -> str:
        return f"opt-out {self.pk}"
