from django.db import models
from django.db.models import F, Q

from referrals.models.customers import Customer
from rewards.models.policies import Policy


class Counter(models.Model):
    """How often something has happened to a customer, net of refunds, and how high that ever was.

    Read and moved only under the lock on the customer's account. It is a cache of history: a counter that
    is not there yet is counted from the evaluated purchases. Milestones look at `peak`, which never falls,
    so a purchase that is refunded and made again passes no milestone twice.
    """

    pk = models.CompositePrimaryKey("customer_id", "scope", "measure")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    scope = models.CharField(max_length=15, help_text="per_friend: their own; across_friends: their friends'.")
    measure = models.CharField(max_length=60, help_text="purchases, or units:<category>.")
    amount = models.BigIntegerField()
    peak = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0, peak__gte=F("amount")), name="counter_peak_is_highest"),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.amount}"


class LimitUse(models.Model):
    """How much of a policy's limit a customer has used in one period.

    Read and moved only under the lock on the customer's account.
    """

    pk = models.CompositePrimaryKey("policy_id", "customer_id", "period")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.CharField(max_length=20, help_text="For example day:2026-11-20, or ever.")
    times = models.BigIntegerField()
    points = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(times__gte=0, points__gte=0), name="limit_use_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.period}: {self.times} times, {self.points} points"
