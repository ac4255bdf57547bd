from django.conf import settings
from django.db import models

from referrals.models.merchants import Merchant


class Technician(models.Model):
    """A person who delivers what a merchant's customers were promised."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "user"], name="technician_once_a_merchant")]

    def __str__(self) -> str:
        return str(self.user)
