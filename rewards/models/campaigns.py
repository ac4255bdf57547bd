from django.db import models
from django.db.models import F, Q

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class Campaign(models.Model):
    """For a while, for some: points are worth more, or there is a goal, or policies give that name it.

    `definition` says when, for whom and what, and the engine reads it. `given` is what the campaign's awards come to,
    net of refunds; it is moved by one conditional statement at the end of a batch, so it never exceeds `budget`.
    `announced_round` is the last round whose beginning was told, to accounts up to the id `announced_to`.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    definition = models.JSONField()
    budget = models.BigIntegerField(null=True, blank=True, help_text="Points in all. Empty: without a bound.")
    given = models.BigIntegerField(default=0, help_text="Points, net of refunds.")
    is_active = models.BooleanField(default=True)
    announced_round = models.CharField(max_length=16, null=True, editable=False)
    announced_to = models.BigIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="campaign_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="campaign_id_merchant"),
            models.CheckConstraint(
                condition=Q(given__gte=0) & (Q(budget__isnull=True) | Q(given__lte=F("budget"))),
                name="campaign_within_budget",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Participation(models.Model):
    """A customer in one round of a campaign: whether they joined, what it gave them, whether they reached its goal.

    Written only under the lock on the customer's account. How far they have come is no column: it is computed from what
    they did.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    campaign = models.ForeignKey(
        Campaign, on_delete=models.PROTECT, related_name="participations", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    round = models.CharField(
        max_length=16, blank=True, help_text="When it began, local time; empty: it has no beginning."
    )
    joined_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    points = models.BigIntegerField(default=0, help_text="What it gave them, net of refunds.")

    class Meta:
        constraints = [
            SameMerchant(field="campaign", name="participation_campaign_same_merchant"),
            SameMerchant(field="customer", name="participation_customer_same_merchant"),
            models.UniqueConstraint(fields=["customer", "campaign", "round"], name="participation_once_a_round"),
            models.CheckConstraint(condition=Q(points__gte=0), name="participation_points_not_negative"),
        ]
        indexes = [models.Index(fields=["campaign", "id"], name="participation_by_campaign")]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.campaign_id} {self.round}".rstrip()
