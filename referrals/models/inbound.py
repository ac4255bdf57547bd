from django.db import models

from referrals.models.merchants import Merchant


class InboundEvent(models.Model):
    """A message that another system sent us, kept so that its repetition changes nothing.

    One row a merchant, source and event id, for ever. Of the content only a keyed hash is kept: it tells a
    repetition (same content) from a conflict (other content under a known id), which is counted here and
    never applied.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=20, help_text="The door it came through: api, import, …")
    event_id = models.CharField(max_length=100)
    order_id = models.CharField(max_length=100, help_text="The order that the message speaks of.")
    content_hash = models.BinaryField(max_length=32)
    received_at = models.DateTimeField()
    refused = models.BooleanField(default=False, help_text="It spoke of a known order in other words; not applied.")
    conflict_count = models.IntegerField(default=0)
    last_conflict_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "source", "event_id"], name="inbound_event_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.event_id}"
