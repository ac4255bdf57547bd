from django.db import models

from credits.models.accounts import Account


class ExpiryNotice(models.Model):
    """A customer was told that points will expire: once for each day of expiry and each lead."""

    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="expiry_notices", db_index=False, db_constraint=False
    )
    expires_at = models.DateTimeField()
    lead_days = models.PositiveSmallIntegerField()
    points = models.BigIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "expires_at", "lead_days"], name="expiry_notice_once"),
            models.CheckConstraint(condition=models.Q(points__gt=0), name="expiry_notice_has_points"),
        ]

    def __str__(self) -> str:
        return f"{self.points} in {self.lead_days} days"
