from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import F, Q

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from config.lib.immutable import immutable
from referrals.models.merchants import Merchant


class Partner(models.Model):
    """Another business that supplies rewards, and is paid for what customers had of it.

    `share_percent` is how much of the price of a reward it is paid; the price is what its option says.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    share_percent = models.PositiveSmallIntegerField(default=100, help_text="Of the price of each reward.")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="partner_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="partner_id_merchant"),
            models.CheckConstraint(condition=Q(share_percent__range=(0, 100)), name="partner_share_in_range"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The merchant's time zone, in which its periods begin and end."""
        return ZoneInfo(self.merchant.time_zone)


class Settlement(models.Model):
    """What a partner is owed for a period: half-open days in the merchant's zone. Once closed it never changes.

    What is given back after its period was closed is a deduction in the period in which it is given back.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="settlements", db_constraint=False)
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="The first day that is no longer part of it.")
    lines = models.JSONField()
    amount = models.BigIntegerField(help_text="Minor units; less than 0 if more was given back than taken.")
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="partner", name="settlement_same_merchant"),
            models.UniqueConstraint(fields=["partner", "starts_on"], name="settlement_once_a_period"),
            models.UniqueConstraint(fields=["id", "merchant"], name="settlement_id_merchant"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="settlement_has_days"),
        ]
        triggers = [*immutable("settlement")]

    def __str__(self) -> str:
        return f"{self.partner}: {self.starts_on} to {self.ends_on}"
