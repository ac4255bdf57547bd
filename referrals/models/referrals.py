from django.db import models

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer
from referrals.models.links import ShareLink
from referrals.models.merchants import Merchant


class ReferralStatus(models.TextChoices):
    """How far a referral has come."""

    JOINED = "joined", "Joined"
    QUALIFIED = "qualified", "Qualified"
    REWARDED = "rewarded", "Rewarded"
    REVERSED = "reversed", "Reversed"


class Referral(models.Model):
    """Who brought whom: one row a friend and merchant, for life.

    The friend joins (signs up, is registered, or makes a first purchase that carries a code), qualifies by
    the first purchase that is large enough, and the referral is rewarded once something was given for it.
    Table, columns and indexes carry the names that other systems know (`customer_id` is the friend).
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    referee = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="+",
        db_column="customer_id",
        db_index=False,
        db_constraint=False,
    )
    referrer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="referrals", db_constraint=False)
    referral_link = models.ForeignKey(
        ReferralCode, on_delete=models.PROTECT, related_name="referrals", db_index=False, db_constraint=False
    )
    share_link = models.ForeignKey(
        ShareLink, on_delete=models.PROTECT, related_name="referrals", null=True, blank=True, db_constraint=False
    )
    status = models.CharField(max_length=10, choices=ReferralStatus.choices, default=ReferralStatus.JOINED)
    joined_at = models.DateTimeField()
    qualified_at = models.DateTimeField(null=True, blank=True)
    rewarded_at = models.DateTimeField(null=True, blank=True)
    reversed_at = models.DateTimeField(null=True, blank=True)
    event_sequence = models.BigIntegerField(default=0, editable=False)

    class Meta:
        db_table = "referrals"
        constraints = [
            SameMerchant(field="referee", name="referral_referee_same_merchant"),
            SameMerchant(field="referrer", name="referral_referrer_same_merchant"),
            SameMerchant(field="referral_link", name="referral_link_same_merchant"),
            SameMerchant(field="share_link", name="referral_share_link_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "referee"], name="referral_one_referrer_for_life"),
            models.CheckConstraint(condition=~models.Q(referrer=models.F("referee")), name="referral_not_oneself"),
            models.UniqueConstraint(fields=["id", "merchant"], name="referral_id_merchant"),
            models.CheckConstraint(
                condition=models.Q(status=ReferralStatus.JOINED) | models.Q(qualified_at__isnull=False),
                name="referral_qualified_has_a_date",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant"], name="idx_referrals_merchant_id"),
            models.Index(fields=["referral_link"], name="idx_referrals_referral_link_id"),
        ]

    def __str__(self) -> str:
        return str(self.uuid)
