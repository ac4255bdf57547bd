from django.db import models

from config.lib.encryption import EncryptedBytesField
from config.lib.ids import uuid7
from fulfillment.models.redemptions import Redemption


class Photo(models.Model):
    """A picture of what was done for a redemption, made anew from what was sent, so that it tells no place.

    It goes when the customer is erased. `digest` is a keyed hash of the picture, by which the same one is known.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    redemption = models.ForeignKey(Redemption, on_delete=models.PROTECT, related_name="photos", db_index=False)
    content = EncryptedBytesField(help_text="JPEG.")
    digest = models.BinaryField(max_length=32)
    actor = models.CharField(max_length=40)
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["redemption", "digest"], name="photo_once")]

    def __str__(self) -> str:
        return f"{self.actor} {self.taken_at:%Y-%m-%d}"
