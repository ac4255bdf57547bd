"""From events to notifications: who is told what, once, and what goes out of the house."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from credits.models.tiers import Tier
from fulfillment.models.notifications import Channel, Message, Notification
from fulfillment.models.technicians import Technician
from fulfillment.selectors.inbox import WANTED, chosen_by
from fulfillment.selectors.notices import BY_EVENT, Notice, notices_for
from fulfillment.selectors.occurrences import Occurrence, occurrences
from fulfillment.services.outbox import Stretch, read_outbox
from referrals.models.customers import Customer
from referrals.models.events import Event
from referrals.models.merchants import Merchant
from rewards.models.catalog import RewardOption

READER = "notices"
CHUNK = 500
STALE = timedelta(days=3)
"""What is older is told in the app only: nobody is woken for it."""
ENDS = ("expires_at", "until")


class _Told(NamedTuple):
    """One notification that is about to be written, with its way out."""

    row: Notification
    notice: Notice
    event: Event


def notice_events(*, now: datetime) -> bool:
    """Tell people of the next stretch of the outbox.

    :returns: whether there may be more to do at once.
    """

    def take(stretch: Stretch) -> None:
        events = Event.objects.filter(pk__gt=stretch.after, pk__lte=stretch.upto, type__in=BY_EVENT).order_by("pk")
        _write(_told(occurrences(list(events)), now), now)

    return read_outbox(name=READER, take=take, chunk=CHUNK)


def _told(found: Collection[Occurrence], now: datetime) -> list[_Told]:
    names = _Names(found)
    told = []
    for occurrence in found:
        for notice in notices_for(occurrence.event.type, occurrence.data):
            reader = names.reader(occurrence, notice)
            if reader:
                row = Notification(
                    merchant_id=occurrence.event.merchant_id,
                    kind=notice.kind,
                    key=f"event:{occurrence.event.pk}",
                    arguments=names.arguments(occurrence),
                    created_at=now,
                    **reader,
                )
                told.append(_Told(row, notice, occurrence.event))
    return told


def _write(told: Collection[_Told], now: datetime) -> None:
    Notification.objects.bulk_create([each.row for each in told], ignore_conflicts=True)
    new = dict(Notification.objects.filter(uuid__in=[each.row.uuid for each in told]).values_list("uuid", "pk"))
    customers = {each.row.customer_id for each in told if each.row.customer_id}
    chosen = {customer_id: each.channels for customer_id, each in chosen_by(customers).items()}
    Message.objects.bulk_create(
        Message(notification_id=new[each.row.uuid], channel=channel, due_at=now)
        for each in told
        if each.row.uuid in new and each.event.occurred_at > now - STALE
        for channel in _channels(each, chosen.get(each.row.customer_id or 0, {}))
    )


def _channels(told: _Told, chosen: dict[str, list[str]]) -> Iterable[Channel]:
    wanted = chosen.get(told.notice.topic, WANTED)
    return [channel for channel in told.notice.channels if channel in wanted]


class _Names:
    """What the events of a stretch speak of, by the names that the merchant gave it; fetched in a few queries."""

    def __init__(self, found: Collection[Occurrence]) -> None:
        merchants = {each.event.merchant_id for each in found}
        zones = Merchant.objects.filter(pk__in=merchants).values_list("pk", "time_zone")
        self.zones = {pk: ZoneInfo(name) for pk, name in zones}
        tiers = Tier.objects.filter(wallet__merchant__in=merchants, wallet__is_default=True)
        self.tiers = {
            (merchant, code): name for merchant, code, name in tiers.values_list("wallet__merchant", "code", "name")
        }
        codes = {each.data.get("option") for each in found}
        options = RewardOption.objects.filter(merchant__in=merchants, code__in=codes - {None})
        self.options = {
            (merchant, code): name for merchant, code, name in options.values_list("merchant", "code", "name")
        }
        jobs = {each.event.payload.get("technician") for each in found}
        technicians = Technician.objects.filter(pk__in=[job for job in jobs if job], is_active=True)
        self.technicians = dict(technicians.values_list("pk", "user"))

    def reader(self, occurrence: Occurrence, notice: Notice) -> dict[str, Any]:
        """Who reads it, as columns of the row; nothing if there is nobody, or nobody any more."""
        if notice.to == "technician":
            user = self.technicians.get(occurrence.event.payload.get("technician", 0))
            return {"user_id": user} if user else {}
        customer: Customer | None = occurrence.customers.get(notice.to)
        if customer is None or customer.erased_at is not None:
            return {}
        return {"customer_id": customer.merged_into_id or customer.pk}

    def arguments(self, occurrence: Occurrence) -> dict[str, Any]:
        """What the sentences tell: numbers, days, and the merchant's names of things."""
        merchant, data = occurrence.event.merchant_id, occurrence.data
        told: dict[str, Any] = {}
        zone = self.zones[merchant]
        if "points" in data:
            told["points"] = data["points"]
        if end := next((data[name] for name in ENDS if data.get(name)), None):
            # Terms end where the day after begins: the last day is the one before.
            last = datetime.fromisoformat(end) - timedelta(microseconds=1)
            told["date"] = last.astimezone(zone).date().isoformat()
        if begins := data.get("starts_at"):
            begins = datetime.fromisoformat(begins).astimezone(zone)
            told |= {"date": begins.date().isoformat(), "time": f"{begins:%H:%M}"}
        if code := data.get("to") or data.get("tier"):
            told["tier"] = self.tiers.get((merchant, code), code)
        if code := data.get("option"):
            told["reward"] = self.options.get((merchant, code), code)
        return told
