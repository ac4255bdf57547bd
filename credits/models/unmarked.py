from django.db import models

from referrals.models.merchants import Merchant


class UnmarkedWrite(models.Model):
    """A transaction changed what customers are shown, and marked none of them in Redis.

    Redis was away, or it was what all of the merchant's are shown: tiers and their benefits, the words of the wallet.
    Their number is part of the epoch of snapshots: with each one, whatever was kept before is trusted no more.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.written_at}"
