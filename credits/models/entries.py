from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from config.lib.immutable import immutable
from credits.models.accounts import Account
from referrals.models.merchants import Merchant


class EntryKind(models.TextChoices):
    """The other side of a movement: where points came from or went."""

    EARNED = "earned", _("Earned")
    REDEEMED = "redeemed", _("Redeemed")
    RESTORED = "restored", _("Restored")
    EXPIRED = "expired", _("Expired")
    REVERSED = "reversed", _("Reversed")
    ADJUSTED = "adjusted", _("Adjusted")
    TRANSFERRED = "transferred", _("Transferred")


COMING = (EntryKind.EARNED, EntryKind.RESTORED)
GOING = (EntryKind.REDEEMED, EntryKind.EXPIRED, EntryKind.REVERSED)


class Entry(models.Model):
    """One signed movement of one customer's points. Never changed; a correction is another entry.

    It says what it is for by ids and codes only (`source`, `reason`, `reason_args`), which are put into
    words when they are read: no prose and no personal data in a row that can't be changed. The unique
    `key` names the cause: one effect per cause, for ever.
    """

    uuid = models.UUIDField(default=uuid7, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="entries", db_index=False, db_constraint=False
    )
    points = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=EntryKind.choices)
    source_type = models.CharField(max_length=20)
    source_id = models.BigIntegerField()
    evaluation_id = models.BigIntegerField(null=True)
    policy_version_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=40)
    reason_args = models.JSONField(default=dict)
    actor = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    occurred_at = models.DateTimeField()
    posted_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="account", name="entry_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "key"], name="entry_one_effect_per_cause"),
            models.CheckConstraint(
                condition=~models.Q(points=0) & models.Q(points__range=(-(10**9), 10**9)),
                name="entry_points_in_range",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=COMING, points__lt=0) & ~models.Q(kind__in=GOING, points__gt=0),
                name="entry_goes_the_way_of_its_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "id"], name="entry_by_account"),
            # Rows come in the order of time: a few bytes a block find those of a month.
            BrinIndex(fields=["posted_at"], name="entry_by_time", autosummarize=True),
        ]
        verbose_name_plural = "entries"
        triggers = [*immutable("entry")]

    def __str__(self) -> str:
        return f"{self.points:+d} {self.kind}"
