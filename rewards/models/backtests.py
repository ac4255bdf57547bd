from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class BacktestState(models.TextChoices):
    """Where a backtest stands."""

    PENDING = "pending", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Backtest(models.Model):
    """What other policies would have given in the past, beside what today's would have.

    The row is the queue. `candidate` is what is tried, by the code of the policy: another definition, or null for the
    policy away. Whoever runs it says so until `lease_until`; after that it is anybody's again, and begins anew, for
    it changes nothing but this row.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    candidate = models.JSONField()
    starts_at = models.DateTimeField(null=True, help_text="What happened before is replayed, and not counted.")
    ends_at = models.DateTimeField(null=True, help_text="What happened from here on is left out.")
    actor = models.CharField(max_length=40, help_text="Who asked for it: user:7, or key:gv_12ab.")
    state = models.CharField(max_length=10, choices=BacktestState.choices, default=BacktestState.PENDING)
    done = models.BigIntegerField(default=0, help_text="Facts replayed.")
    total = models.BigIntegerField(default=0, help_text="Facts to replay.")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    failure = models.TextField(blank=True)
    totals = models.JSONField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "merchant"], name="backtest_id_merchant"),
            models.CheckConstraint(condition=Q(done__lte=F("total")), name="backtest_not_done_twice"),
            models.CheckConstraint(
                condition=~Q(state=BacktestState.DONE) | Q(totals__isnull=False, finished_at__isnull=False),
                name="backtest_done_has_totals",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="backtest_ends_after_it_begins",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="backtest_queue",
                condition=Q(state__in=[BacktestState.PENDING, BacktestState.RUNNING]),
            )
        ]

    def __str__(self) -> str:
        return f"Backtest of {', '.join(self.candidate)}"


class BacktestOutcome(models.Model):
    """What a backtest changes for one customer; whom it changes nothing for has no row."""

    pk = models.CompositePrimaryKey("backtest_id", "customer_id")
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    backtest = models.ForeignKey(
        Backtest, on_delete=models.CASCADE, related_name="outcomes", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    points_before = models.BigIntegerField()
    points_after = models.BigIntegerField()
    grants_before = models.BigIntegerField()
    grants_after = models.BigIntegerField()

    class Meta:
        constraints = [
            SameMerchant(field="backtest", name="backtest_outcome_same_merchant"),
            SameMerchant(field="customer", name="backtest_outcome_customer_same_merchant"),
        ]
        indexes = [models.Index("backtest", F("points_after") - F("points_before"), name="backtest_outcome_difference")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.points_before} → {self.points_after}"
