from django.db import models

from config.lib.ids import uuid7
from config.lib.immutable import immutable
from referrals.models.merchants import Merchant


class Event(models.Model):
    """The transactional outbox: something happened that other systems may want to know.

    Written in the transaction of what it tells, by whichever floor learned it. `sequence` counts a
    subject's events without gaps; it is taken under that subject's row lock, so a reader can keep their order.
    The payload holds ids and numbers, never personal data.
    """

    uuid = models.UUIDField(default=uuid7, editable=False)
    # No constraint: the event is written beside its subject, whose merchant it is, and there are very many.
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    type = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    sequence = models.BigIntegerField()
    payload = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "subject_type", "sequence"], name="event_sequence_once"),
            models.CheckConstraint(condition=models.Q(sequence__gt=0), name="event_sequence_positive"),
        ]
        triggers = [*immutable("event")]

    def __str__(self) -> str:
        return f"{self.type} {self.subject_type} {self.subject_id}"
