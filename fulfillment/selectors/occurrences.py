"""What an event says to the world outside: whom it is about, and its payload with public ids in place of ours."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from credits.models.accounts import Account
from credits.models.holds import Hold
from credits.models.tiers import Tier
from fulfillment.models.technicians import Technician
from referrals.models.customers import Customer
from referrals.models.events import Event
from referrals.models.referrals import Referral
from rewards.models.catalog import RewardOption

TIER_KEYS = ("from", "to", "tier")
CUSTOMER_KEYS = ("customer", "referrer", "referee")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event with what it refers to.

    :param customers: whom it is about, by their part in it: `customer`, `referrer`, `referee`.
    :param data: its payload for others: merchants' ids of customers, codes of tiers, UUIDs.
    """

    event: Event
    customers: Mapping[str, Customer]
    data: Mapping[str, Any]


def occurrences(events: Collection[Event]) -> list[Occurrence]:
    """The same events with what they refer to, in a fixed number of queries."""
    accounts = Account.objects.select_related("customer").in_bulk(_subjects(events, "account"))
    referrals = Referral.objects.in_bulk(_subjects(events, "referral"))
    tiers = Tier.objects.in_bulk(_named(events, TIER_KEYS))
    options = dict(RewardOption.objects.filter(pk__in=_named(events, ("option",))).values_list("pk", "code"))
    technicians = dict(
        Technician.objects.filter(pk__in=_named(events, ("technician",))).values_list("pk", "user__uuid")
    )
    holds = Hold.objects.in_bulk(_named(events, ("hold",)))
    customers = Customer.objects.in_bulk(_named(events, CUSTOMER_KEYS))
    public: dict[str, Callable[[int], str | None]] = {
        **dict.fromkeys(TIER_KEYS, lambda id_: tiers[id_].code if id_ in tiers else None),
        **dict.fromkeys(CUSTOMER_KEYS, lambda id_: customers[id_].public_id if id_ in customers else None),
        "option": options.get,
        "technician": lambda id_: str(technicians[id_]) if id_ in technicians else None,
        "hold": lambda id_: str(holds[id_].uuid) if id_ in holds else None,
    }
    found = []
    for event in events:
        concerned = {
            part: customers[event.payload[part]] for part in CUSTOMER_KEYS if event.payload.get(part) in customers
        }
        data = {
            name: public[name](value) if name in public and isinstance(value, int) else value
            for name, value in event.payload.items()
        }
        if event.subject_type == "account" and event.subject_id in accounts:
            concerned["customer"] = accounts[event.subject_id].customer
            data["customer"] = concerned["customer"].public_id
        if event.subject_type == "referral" and event.subject_id in referrals:
            data["referral"] = str(referrals[event.subject_id].uuid)
        found.append(Occurrence(event, concerned, data))
    return found


def _subjects(events: Iterable[Event], type_: str) -> set[int]:
    return {event.subject_id for event in events if event.subject_type == type_}


def _named(events: Iterable[Event], keys: Iterable[str]) -> set[int]:
    values = [event.payload.get(key) for event in events for key in keys]
    return {value for value in values if isinstance(value, int)}
