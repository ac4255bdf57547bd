from django.db import models
from django.db.models import Q

from config.lib.encryption import EncryptedTextField
from fulfillment.models.redemptions import Redemption


class Note(models.Model):
    """Words about a redemption, for the customer or among those who deliver; they go when the customer is erased."""

    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, related_name="notes")
    text = EncryptedTextField()
    is_for_customer = models.BooleanField(default=False)
    actor = models.CharField(max_length=40)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="note_says_something")]

    def __str__(self) -> str:
        return f"{self.actor} {self.written_at:%Y-%m-%d}"
