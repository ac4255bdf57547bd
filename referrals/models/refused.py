from django.db import models

from referrals.models.merchants import Merchant


class RefusedMessage(models.Model):
    """A message of another system that nobody can be asked to send again, and that could not be taken in.

    A caller of the API is told what is wrong, and mends it. A webhook and a message of the bus would only come again
    and again, so they are answered for, and stand here until a person has looked. Of the content only a keyed hash is
    kept, by which a repetition is known; whose message it was is not known if it did not say.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", null=True)
    source = models.CharField(max_length=20, help_text="The door it came through: bus, task, shopify:…")
    content_hash = models.BinaryField(max_length=32)
    about = models.CharField(max_length=200, blank=True, help_text="Its topic, and what it spoke of.")
    reason = models.CharField(max_length=40)
    detail = models.CharField(max_length=500, blank=True)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    is_open = models.BooleanField(default=True, help_text="Nobody has looked at it yet.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "content_hash"], name="refused_message_once"),
            models.CheckConstraint(condition=models.Q(times__gte=1), name="refused_message_came"),
        ]
        indexes = [
            models.Index(fields=["first_at"], name="refused_message_open", condition=models.Q(is_open=True)),
        ]

    def __str__(self) -> str:
        return f"{self.source}: {self.reason}"
