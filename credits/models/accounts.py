from django.db import models

from config.lib.constraints import SameMerchant
from credits.models.wallets import Wallet
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class Account(models.Model):
    """A customer's points in one wallet: the sums of their ledger, kept so that a read is one row.

    Always: Σ entries = available + pending + held − owed. The sums are exact until `next_change_at`, the
    earliest activation or expiry among the lots; after it a read projects from the lots that are due. The
    row is also the lock under which everything of the customer is counted, and hands out the numbers of
    their events. `held` and `owed` are not negative, so nothing is ever below zero except through `owed`.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    available = models.BigIntegerField(default=0)
    pending = models.BigIntegerField(default=0)
    held = models.BigIntegerField(default=0)
    owed = models.BigIntegerField(default=0)
    lifetime_points = models.BigIntegerField(default=0, help_text="Earned and not taken back by a refund.")
    qualifying_spend = models.BigIntegerField(default=0)
    qualifying_orders = models.BigIntegerField(default=0)
    qualifying_points = models.BigIntegerField(default=0)
    tier = models.ForeignKey("credits.Tier", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    tier_since = models.DateTimeField(null=True)
    tier_review_at = models.DateTimeField(null=True, help_text="When it is looked whether the tier is kept.")
    tier_warned_at = models.DateTimeField(null=True, help_text="The review that did not keep it; it was announced.")
    tier_locked_until = models.DateTimeField(null=True, help_text="Staff gave the tier, and until then it stays.")
    next_change_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    event_sequence = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="account_customer_same_merchant"),
            SameMerchant(field="wallet", name="account_wallet_same_merchant"),
            models.UniqueConstraint(fields=["customer", "wallet"], name="account_once_a_wallet"),
            models.UniqueConstraint(fields=["id", "merchant"], name="account_id_merchant"),
            models.CheckConstraint(
                condition=models.Q(available__gte=0, pending__gte=0, held__gte=0, owed__gte=0),
                name="account_never_below_zero",
            ),
            models.CheckConstraint(
                condition=models.Q(owed=0) | models.Q(available=0), name="account_repays_before_it_has"
            ),
        ]
        indexes = [
            models.Index(
                fields=["wallet", "tier_review_at"],
                condition=models.Q(tier_review_at__isnull=False),
                name="account_tier_reviews",
            ),
            models.Index(
                fields=["next_change_at"],
                name="account_to_settle",
                condition=models.Q(next_change_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.pk}"
