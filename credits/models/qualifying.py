from django.db import models

from config.lib.immutable import immutable
from credits.models.accounts import Account


class QualifyingAmount(models.Model):
    """What one evaluation added to a customer's claim to a tier, dated. Never changed.

    A refund adds a row with negative amounts, dated like the purchase that it undoes.
    """

    # No constraint: it would be checked at commit against a row that this very transaction has updated, which costs
    # more than the row itself. Only a Book writes here, for accounts that it has locked; verify_ledger looks.
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="qualifying_amounts", db_index=False, db_constraint=False
    )
    evaluation_id = models.BigIntegerField()
    spend = models.BigIntegerField(default=0, help_text="Minor units.")
    orders = models.BigIntegerField(default=0)
    points = models.BigIntegerField(default=0)
    occurred_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["evaluation_id", "account"], name="qualifying_amount_once"),
        ]
        indexes = [models.Index(fields=["account", "occurred_at"], name="qualifying_by_account")]
        triggers = [*immutable("qualifying_amount")]

    def __str__(self) -> str:
        return f"{self.spend} / {self.orders} / {self.points}"
