"""Days of the calendar on which policies are due: a sweep notes that one has come, and takes it to every customer.

It is noted once a merchant and day, with the policies that were due when it began; so one that is published later has
nothing to make up for. Then the customers are gone through, a chunk a transaction: what policies would give is decided
on paper, and only whom one of them has something for gets an occurrence and a work order. What is given is decided when
that is worked off, like everything else.
"""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet

from config.lib.prepared import execute_prepared
from credits.models.wallets import Wallet
from referrals.models.referrals import Referral
from rewards.engine.definition import parse
from rewards.models.evaluations import Trigger
from rewards.models.policies import PolicyVersion
from rewards.models.policy_days import PolicyDay
from rewards.services.evaluation.batch import Batch
from rewards.services.evaluation.policies import policies_in_force
from rewards.services.evaluation.queue import WorkOrder
from rewards.services.trials.paper import open_on_paper, open_referral_of
from rewards.services.work_orders import Fact, order_work

DAYS_LATE_MAX = 7
"""A day that no sweep came round to is made up for within a week, and then it is over."""

CUSTOMERS_AT_ONCE = 500


def note_policy_days(*, now: datetime) -> None:
    """Note the days that have come, of the last seven, on which policies were due; once more changes nothing."""
    days: dict[tuple[int, datetime], PolicyDay] = {}
    for version in _lately_in_force(now).select_related("merchant").order_by("merchant", "policy"):
        zone, every = ZoneInfo(version.merchant.time_zone), parse(version.definition).every
        today = now.astimezone(zone).date()
        for day in (today - timedelta(days=late) for late in range(DAYS_LATE_MAX + 1)):
            starts_at = datetime.combine(day, time.min, tzinfo=zone)
            if every is not None and every.has(day) and version.standing(starts_at) == "in_force":
                new = PolicyDay(merchant=version.merchant, day=day, starts_at=starts_at, policies=[])
                days.setdefault((version.merchant_id, starts_at), new).policies.append(version.policy_id)
    PolicyDay.objects.bulk_create([days[key] for key in sorted(days)], ignore_conflicts=True)


def _lately_in_force(now: datetime) -> QuerySet[PolicyVersion]:
    """The versions that may have been due on one of the days, of merchants that have points to give."""
    return PolicyVersion.objects.filter(
        Q(retired_at=None) | Q(retired_at__gt=now - timedelta(days=DAYS_LATE_MAX + 1)),
        definition__trigger=Trigger.SCHEDULE_DUE,
        effective_at__lte=now,
        merchant__in=Wallet.objects.filter(is_default=True).values("merchant"),
    )


def bring_policy_day(*, now: datetime, limit: int = CUSTOMERS_AT_ONCE) -> bool:
    """Take the day that began first to its next customers, in one transaction; another worker takes another day.

    Who became known only after it had begun was not there yet.

    :param limit: the most customers.
    :returns: whether there was a day to go on with.
    """
    with transaction.atomic():
        to_do = PolicyDay.objects.filter(done_at=None).select_for_update(skip_locked=True, of=("self",))
        day = to_do.select_related("merchant").order_by("starts_at", "pk").first()
        if day is None:
            return False
        customer_ids = _next_customers(day, limit)
        _write(day, _whom_it_concerns(day, customer_ids, now), now)
        day.reached = max(customer_ids, default=day.reached)
        day.done_at = now if len(customer_ids) < limit else None
        day.save(update_fields=["reached", "done_at"])
    return True


def _next_customers(day: PolicyDay, limit: int) -> list[int]:
    rows = execute_prepared(
        """
        SELECT id FROM referrals_customer
        WHERE merchant_id = %s AND id > %s AND created_at <= %s AND erased_at IS NULL AND merged_into_id IS NULL
        ORDER BY id LIMIT %s
        """,
        [day.merchant_id, day.reached, day.starts_at, limit],
    )
    return [customer_id for (customer_id,) in rows]


def _whom_it_concerns(day: PolicyDay, customer_ids: Collection[int], now: datetime) -> list[int]:
    """Those to whom a policy would give something; for the others nothing is written down."""
    policies, due = policies_in_force(day.merchant_id, now), tuple(day.policies)
    if not customer_ids or not policies.set_off_by(Trigger.SCHEDULE_DUE, due=due):
        return []
    asked = Referral.objects.filter(referee__in=customer_ids) if policies.ask_about_referrals else ()
    batch = open_on_paper(
        Batch,
        merchant=day.merchant,
        policies=policies,
        customer_ids=customer_ids,
        referrals={referral.referee_id: open_referral_of(referral) for referral in asked},
        at=day.starts_at,
        now=now,
    )
    concerned = []
    for customer_id in customer_ids:
        decided = len(batch.decided)
        batch.decide(
            WorkOrder(customer_id, Trigger.SCHEDULE_DUE, day.pk, customer_id, day.starts_at, purchase=None, due=due)
        )
        if batch.decided[decided][1].get("awards"):
            concerned.append(customer_id)
    return concerned


def _write(day: PolicyDay, customer_ids: Collection[int], now: datetime) -> None:
    rows = execute_prepared(
        """
        INSERT INTO rewards_occurrence (merchant_id, policy_day_id, customer_id)
        SELECT %s, %s, customer FROM unnest(%s::bigint[]) AS concerned (customer) ORDER BY customer
        ON CONFLICT (customer_id, policy_day_id) DO NOTHING RETURNING id, customer_id
        """,
        [day.merchant_id, day.pk, list(customer_ids)],
    )
    order_work(
        merchant_id=day.merchant_id,
        trigger=Trigger.SCHEDULE_DUE,
        subject_type="occurrence",
        facts=[Fact(occurrence_id, customer_id, day.starts_at) for occurrence_id, customer_id in rows],
        now=now,
    )
