import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from fulfillment.models.redemptions import Redemption
from fulfillment.models.technicians import Technician
from referrals.models.merchants import Merchant


class AssignmentState(models.TextChoices):
    """How a job stands with the technician who has it, or had it."""

    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    DECLINED = "declined", _("Declined")
    FAILED = "failed", _("Could not be done")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Assignment(models.Model):
    """A redemption given to a technician: the job. One technician has it at a time, and only they act on it.

    `explanation` says why they: how the choice was made, in numbers.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    redemption = models.ForeignKey(
        Redemption, on_delete=models.PROTECT, related_name="assignments", db_constraint=False
    )
    technician = models.ForeignKey(
        Technician, on_delete=models.PROTECT, related_name="assignments", db_index=False, db_constraint=False
    )
    state = models.CharField(max_length=10, choices=AssignmentState.choices, default=AssignmentState.OPEN)
    actor = models.CharField(max_length=40, help_text="Who chose.")
    explanation = models.JSONField(default=dict)
    reason = models.CharField(max_length=40, blank=True, help_text="Why it ended, if it was not done.")
    assigned_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameMerchant(field="redemption", name="assignment_redemption_same_merchant"),
            SameMerchant(field="technician", name="assignment_technician_same_merchant"),
            models.UniqueConstraint(
                fields=["redemption"],
                condition=Q(state__in=[AssignmentState.OPEN, AssignmentState.DONE]),
                name="assignment_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state=AssignmentState.OPEN, ended_at__isnull=True)
                | (~Q(state=AssignmentState.OPEN) & Q(ended_at__isnull=False, ended_at__gte=F("assigned_at"))),
                name="assignment_ends_once",
            ),
        ]
        indexes = [models.Index(fields=["technician", "state"], name="assignment_by_technician")]
        triggers = [
            pgtrigger.FSM(
                name="assignment_goes_its_way",
                field="state",
                transitions=[("open", "done"), ("open", "declined"), ("open", "failed"), ("open", "withdrawn")],
            ),
            pgtrigger.ReadOnly(
                name="assignment_is_for_ever_theirs",
                fields=["merchant", "redemption", "technician", "actor", "assigned_at"],
            ),
            pgtrigger.Protect(name="assignment_never_goes", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.redemption_id}: {self.technician_id} ({self.state})"
