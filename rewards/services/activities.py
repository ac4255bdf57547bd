"""T1 for activities: what a customer did besides buying becomes a fact and a work order, once.

An activity is recognised by its id. Its row holds all that was said of it, so a repetition is told from a conflict by
comparing.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from django.db import transaction

from config.lib.bulk import execute_rows
from config.lib.ids import uuid7
from referrals.models.activities import Activity
from referrals.models.merchants import Merchant
from referrals.selectors import goes_by
from referrals.services.customers import Identity, find_or_create_customers
from rewards.models.evaluations import Trigger
from rewards.services.activity_events import ActivityEvent
from rewards.services.intake import Outcome
from rewards.services.work_orders import Fact, order_work

ACTIVITY_CONFLICT = "activity_conflict"


class NewActivity(msgspec.Struct, frozen=True):
    """An activity that is about to be written."""

    activity_id: str
    customer_id: int
    kind: str
    occurred_at: datetime
    reference: str = ""
    uuid: UUID = msgspec.field(default_factory=uuid7)


def accept_activities(
    *, merchant: Merchant, source: str, events: Sequence[ActivityEvent], now: datetime
) -> list[Outcome]:
    """Record activities that another system tells; a customer who is not known yet is made known.

    :param source: the door that they came through; activity ids are unique within it.
    :returns: one outcome an event, in their order. Only once the transaction has ended are they true.
    """
    first: dict[str, ActivityEvent] = {}
    for event in events:
        first.setdefault(event.activity_id, event)
    with transaction.atomic():
        known = _known(merchant, source, first)
        fresh = [event for activity_id, event in first.items() if activity_id not in known]
        customers = _customers(merchant, fresh, now)
        created = record_activities(
            merchant_id=merchant.pk,
            source=source,
            activities=[
                NewActivity(
                    event.activity_id,
                    customers[event.customer.id],
                    event.kind,
                    event.occurred_at,
                    event.reference or "",
                )
                for event in fresh
            ],
            now=now,
        )
        known |= _known(merchant, source, {event.activity_id for event in fresh})
    return [_outcome(event, known[event.activity_id], first, created) for event in events]


def record_activities(*, merchant_id: int, source: str, activities: Collection[NewActivity], now: datetime) -> set[str]:
    """Write the activities that are not on record yet, each with its work order.

    :returns: the ids of those that are new. They are written in the order of their ids, so that two transactions
        which write the same ones wait for each other and never cross.
    """
    with transaction.atomic():
        rows = execute_rows(
            """
            INSERT INTO referrals_activity (uuid, merchant_id, customer_id, source, activity_id, kind, reference,
                occurred_at, received_at)
            SELECT uuid, %s, customer_id, %s, activity_id, kind, reference, occurred_at, %s
            FROM json_to_recordset(%s) AS activity (uuid uuid, customer_id bigint, activity_id text, kind text,
                reference text, occurred_at timestamptz)
            ORDER BY activity_id
            ON CONFLICT (activity_id, source, merchant_id) DO NOTHING
            RETURNING activity_id, id, customer_id, occurred_at
            """,
            list(activities),
            before=[merchant_id, source, now],
        )
        order_work(
            merchant_id=merchant_id,
            trigger=Trigger.ACTIVITY_RECORDED,
            subject_type="activity",
            facts=[Fact(*row[1:]) for row in rows],
            now=now,
        )
    return {row[0] for row in rows}


def _known(merchant: Merchant, source: str, activity_ids: Collection[str]) -> dict[str, Activity]:
    rows = Activity.objects.filter(merchant=merchant, source=source, activity_id__in=list(activity_ids))
    return {row.activity_id: row for row in rows.select_related("customer__merged_into")} if activity_ids else {}


def _customers(merchant: Merchant, events: Iterable[ActivityEvent], now: datetime) -> dict[str, int]:
    identities = [
        Identity(event.customer.id, event.customer.email or "", event.customer.name or "") for event in events
    ]
    return find_or_create_customers(merchant=merchant, identities=identities, now=now) if identities else {}


def _outcome(
    event: ActivityEvent, activity: Activity, first: dict[str, ActivityEvent], created: Collection[str]
) -> Outcome:
    said = (event.kind, event.occurred_at, event.reference or "")
    is_same = said == (activity.kind, activity.occurred_at, activity.reference)
    if not (is_same and goes_by(activity.customer, external_id=event.customer.id)):
        return Outcome("conflict", code=ACTIVITY_CONFLICT)
    is_new = event.activity_id in created and event is first[event.activity_id]
    return Outcome("accepted" if is_new else "repeated", activity.uuid)
