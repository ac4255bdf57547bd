from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.ids import uuid7
from config.lib.immutable import immutable
from referrals.models.merchants import Merchant


class AuditAction(models.TextChoices):
    """What was done to a customer as a person, or with what is known of them."""

    ERASED = "erased", _("Erased")
    EXPORTED = "exported", _("Exported")
    MERGED = "merged", _("Merged")
    LOOKED_UP = "looked_up", _("Looked up")
    REQUESTED = "requested", _("Asked to be told everything")


class AuditRecord(models.Model):
    """Somebody dealt with what is known of a person: who, what, whom, when and why. Never changed.

    It names nobody: `actor` is a word such as `key:gv_12ab` or `user:7`, `subjects` are internal ids of customers, and
    `reason` is a code. So it can outlive the person whom it is about.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=20, choices=AuditAction.choices)
    subjects = models.JSONField(help_text="Internal ids of customers.")
    actor = models.CharField(max_length=40)
    reason = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reason__regex=r"^[a-z][a-z0-9_]*$"), name="audit_reason_is_a_word"),
            models.CheckConstraint(
                condition=Q(actor__regex=r"^[a-z]+(:[a-zA-Z0-9_]+)?$"), name="audit_actor_is_a_word"
            ),
        ]
        triggers = [*immutable("audit_record")]

    def __str__(self) -> str:
        return f"{self.action} {self.subjects}"
