from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.immutable import immutable
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.referrals import Referral


class TraceKind(models.TextChoices):
    """By what two customers may turn out to be one person, or one household."""

    PAYMENT = "payment", _("Means of payment")
    DEVICE = "device", _("Device")
    BROWSER = "browser", _("Network address and browser together")
    ADDRESS = "address", _("Network address")


class CustomerTrace(models.Model):
    """What a customer paid with, or came by: a keyed hash, which only tells that two are the same."""

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    kind = models.CharField(max_length=10, choices=TraceKind.choices)
    trace_hash = models.BinaryField(max_length=32)
    first_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="customer_trace_same_merchant"),
            models.UniqueConstraint(fields=["customer", "kind", "trace_hash"], name="customer_trace_once"),
            models.CheckConstraint(condition=Q(kind__in=TraceKind.values), name="customer_trace_kind_is_known"),
        ]
        indexes = [models.Index(fields=["trace_hash", "kind", "merchant"], name="customer_trace_shared")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"


class Signal(models.TextChoices):
    """What stands out about a friend and whoever brought them."""

    SAME_MAILBOX = "same_mailbox", _("Both have one mailbox")
    SAME_PHONE = "same_phone", _("Both have one phone")
    SAME_PAYMENT = "same_payment", _("Both paid with the same")
    KNOWN_CUSTOMER = "known_customer", _("The friend bought before, as another customer")
    KNOWN_FRIEND = "known_friend", _("The friend was referred before, as another customer")
    RING = "ring", _("They bring each other in a ring")
    SAME_DEVICE = "same_device", _("Both came by one device")
    SAME_BROWSER = "same_browser", _("Both came from one address with one browser")
    SAME_ADDRESS = "same_address", _("Both came from one address")
    SAME_NAME = "same_name", _("Both have one name")
    SIMILAR_NAME = "similar_name", _("Their names differ by little")
    SIMILAR_EMAIL = "similar_email", _("Their e-mails differ by little")
    DISPOSABLE_EMAIL = "disposable_email", _("The friend's e-mail is of a throw-away service")
    BURST = "burst", _("The referrer brought many in a short time")
    CROWD = "crowd", _("Many registered by that device or browser")
    COUPON_SITE = "coupon_site", _("The code is on a site of public codes")


class RiskSignal(models.Model):
    """Something stood out about a friend and a referrer, once for each pair and kind: evidence. Never changed.

    One that `blocks` kept the friend from joining at all, and is all that is left of that. `evidence` holds numbers.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    referee = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    referrer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    kind = models.CharField(max_length=20, choices=Signal.choices)
    score = models.PositiveSmallIntegerField(help_text="Of 100.")
    blocks = models.BooleanField()
    evidence = models.JSONField(default=dict)
    noticed_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="referee", name="risk_signal_referee_same_merchant"),
            SameMerchant(field="referrer", name="risk_signal_referrer_same_merchant"),
            models.UniqueConstraint(fields=["referee", "referrer", "kind"], name="risk_signal_once"),
            models.CheckConstraint(condition=~Q(referee=F("referrer")), name="risk_signal_is_about_two"),
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="risk_signal_score_of_hundred"),
        ]
        triggers = [*immutable("risk_signal")]

    def __str__(self) -> str:
        return f"{self.kind} {self.score}"


class Verdict(models.TextChoices):
    """What was decided about a referral that stood out."""

    RELEASED = "released", _("Release: it counts")
    REJECTED = "rejected", _("Reject: it does not count")


class RiskDecision(models.Model):
    """A referral was looked at, and decided; the next decision may be another, after an appeal.

    `decided_by` is nobody where proof came in by itself. The note is a person's words, and goes with the people whom
    it is about.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="decisions", db_constraint=False)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    is_appeal = models.BooleanField(default=False, help_text="Somebody asked for another look.")
    note = models.TextField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="referral", name="risk_decision_same_merchant"),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="risk_decision_verdict_is_known"),
        ]

    def __str__(self) -> str:
        return self.verdict
