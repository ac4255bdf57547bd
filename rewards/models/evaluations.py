from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class Trigger(models.TextChoices):
    """What can set policies off, or undo what they gave."""

    PURCHASE_COMPLETED = "purchase.completed", _("Purchase completed")
    PURCHASE_REFUNDED = "purchase.refunded", _("Purchase refunded")
    PAYMENT_SETTLED = "payment.settled", _("Payment settled")
    REFERRAL_JOINED = "referral.joined", _("Referral joined")
    REFERRAL_QUALIFIED = "referral.qualified", _("Referral qualified")
    REFERRAL_REVIEWED = "referral.reviewed", _("Referral reviewed")
    ACTIVITY_RECORDED = "activity.recorded", _("Activity recorded")
    TIER_CHANGED = "tier.changed", _("Tier changed")
    CAMPAIGN_COMPLETED = "campaign.completed", _("Campaign completed")
    SCHEDULE_DUE = "schedule.due", _("A day of the calendar came")


FOLLOW_UPS = (Trigger.PURCHASE_REFUNDED, Trigger.PAYMENT_SETTLED, Trigger.REFERRAL_REVIEWED)
"""The triggers of work orders about what was decided already: no policy is asked, the decisions are read."""

SHARDS = 8
"""Work is split by the root of the chain of referrals, so that workers rarely wait for each other's accounts."""


def shard_of(root_id: int) -> int:
    """The shard of a customer whose chain of referrals begins with this customer."""
    return root_id % SHARDS


class EvaluationState(models.TextChoices):
    """Where a work order stands."""

    PENDING = "pending", _("Pending")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Evaluation(models.Model):
    """A work order of the engine, and afterwards the record of what was decided.

    The row is the queue: PENDING waits for a worker; DONE keeps the decision, so that awards can be
    explained and taken back exactly; FAILED was set aside after too many attempts and waits for staff. What
    happens in consequence (a friend joined, a referral qualified) is a child evaluation of its own, in the
    same transaction. `customer` is the person whom the trigger is about.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    trigger = models.CharField(max_length=30, choices=Trigger.choices)
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    shard = models.PositiveSmallIntegerField(null=True, help_text="Where it queues; friends share their referrer's.")
    occurred_at = models.DateTimeField()
    cause = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children", db_index=False)
    depth = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=EvaluationState.choices, default=EvaluationState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(help_text="Not tried before.")
    failure = models.TextField(blank=True)
    decision = models.JSONField(null=True)
    created_at = models.DateTimeField()
    evaluated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="evaluation_same_merchant"),
            models.UniqueConstraint(
                fields=["subject_id", "trigger"],
                condition=Q(cause__isnull=True),
                name="evaluation_once_a_subject",
            ),
            models.UniqueConstraint(
                fields=["cause", "trigger", "subject_id"],
                condition=Q(cause__isnull=False),
                name="evaluation_consequence_once",
            ),
            models.CheckConstraint(condition=Q(depth__lte=3), name="evaluation_depth_at_most_three"),
            models.CheckConstraint(
                condition=~Q(state=EvaluationState.DONE) | Q(decision__isnull=False, evaluated_at__isnull=False),
                name="evaluation_done_has_a_decision",
            ),
        ]
        indexes = [
            models.Index(
                fields=["merchant", "shard", "id"],
                name="evaluation_follow_ups",
                condition=Q(state=EvaluationState.PENDING, trigger__in=FOLLOW_UPS),
            ),
            models.Index(
                fields=["merchant", "shard", "id"],
                name="evaluation_queue",
                condition=Q(state=EvaluationState.PENDING),
            ),
            models.Index(
                fields=["merchant", "id"], name="evaluation_failed", condition=Q(state=EvaluationState.FAILED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trigger} {self.subject_id}"
