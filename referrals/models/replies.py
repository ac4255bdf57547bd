from django.db import models

from referrals.models.api_keys import ApiKey


class IdempotencyRecord(models.Model):
    """What a call that moved points was answered, so that the same call gets the same answer.

    It is written in the transaction of the effect and kept for 30 days; what the call did has a name in the ledger
    besides, and stays done for ever. Keys of two callers are independent: nobody gets an answer meant for another.
    """

    pk = models.CompositePrimaryKey("api_key_id", "method", "route", "key")
    api_key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="+", db_index=False)
    method = models.CharField(max_length=6)
    route = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    content_hash = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    answered_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["answered_at"], name="idempotency_record_to_forget")]

    def __str__(self) -> str:
        return f"{self.method} {self.route} {self.key}"
