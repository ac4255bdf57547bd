"""Jobs that the repair system tells of: what is done for whom, what it costs, and that it is completed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from config.lib.errors import DomainError, NotFound
from fulfillment.models.repair_rewards import RepairReward
from fulfillment.models.service_records import ServiceRecord, ServiceState
from fulfillment.selectors.prices import RecordEnded, lowered, price_now
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.services.erasure import hold_customers


class RecordOfAnother(DomainError):
    """This job is known already, as another's or as another."""

    code = "service_record_conflict"


class RecordHasRewards(DomainError):
    """Rewards were applied to this job: it is completed, or goes on."""

    code = "service_record_has_rewards"


@dataclass(frozen=True, slots=True)
class Told:
    """What another system says of a job.

    :param amount: minor units, before rewards.
    :param title: words, without anything that names a person.
    """

    reference: str
    kind: str
    amount: int
    title: str = ""
    region: str = ""


def record_service(
    *, customer: Customer, told: Told, now: datetime, by_hand: bool = False
) -> tuple[ServiceRecord, bool]:
    """Take in a job, or what has changed about it; a price with rewards is computed anew.

    :param by_hand: whether a person enters it, who can add a job but change none.
    :returns: the job, and whether it is new.
    :raises RecordOfAnother: if the reference is known of another customer or kind of job; by hand, if it is known.
    :raises RecordEnded: if something would change about a job that has ended.
    """
    with transaction.atomic():
        hold_customers(customers=[customer])
        known, is_new = ServiceRecord.objects.get_or_create(
            merchant=customer.merchant,
            reference=told.reference,
            defaults={
                "customer": customer,
                "kind": told.kind,
                "title": told.title,
                "region": told.region,
                "amount": told.amount,
                "opened_at": now,
            },
        )
        if is_new:
            return known, True
        record = _lock(customer.merchant, told.reference)
        of_whom = record.customer.merged_into_id or record.customer_id
        if by_hand or (of_whom, record.kind) != (customer.pk, told.kind):
            raise RecordOfAnother
        if (record.title, record.region, record.amount) != (told.title, told.region, told.amount):
            _change(record, told)
    return record, False


def complete_service(*, merchant: Merchant, reference: str, now: datetime) -> ServiceRecord:
    """Say that a job is done: what the customer pays is settled. Once more changes nothing.

    :raises NotFound: if there is no such job.
    :raises RecordEnded: if it was cancelled.
    """
    with transaction.atomic():
        record = _lock(merchant, reference)
        if record.state == ServiceState.CANCELLED:
            raise RecordEnded
        if record.state == ServiceState.OPEN:
            record.final_amount = price_now(record, record.rewards.order_by("pk"))
            record.state, record.ended_at = ServiceState.COMPLETED, now
            record.save(update_fields=["state", "final_amount", "ended_at"])
    return record


def cancel_service(*, merchant: Merchant, reference: str, now: datetime) -> ServiceRecord:
    """Say that a job will not be done. Once more changes nothing.

    :raises NotFound: if there is no such job.
    :raises RecordEnded: if it was completed.
    :raises RecordHasRewards: if a reward was applied to it, which would be lost.
    """
    with transaction.atomic():
        record = _lock(merchant, reference)
        if record.state == ServiceState.COMPLETED:
            raise RecordEnded
        if record.rewards.exists():
            raise RecordHasRewards
        if record.state == ServiceState.OPEN:
            record.state, record.ended_at = ServiceState.CANCELLED, now
            record.save(update_fields=["state", "ended_at"])
    return record


def _lock(merchant: Merchant, reference: str) -> ServiceRecord:
    record = ServiceRecord.objects.select_for_update().filter(merchant=merchant, reference=reference).first()
    if record is None:
        raise NotFound("There is no such service record.")
    return record


def _change(record: ServiceRecord, told: Told) -> None:
    if record.state != ServiceState.OPEN:
        raise RecordEnded
    record.title, record.region, record.amount = told.title, told.region, told.amount
    record.save(update_fields=["title", "region", "amount"])
    price = record.amount
    for reward in RepairReward.objects.filter(service_record=record).order_by("pk"):
        reward.price_before = price
        reward.price_after = price = lowered(price, reward.discount_type, reward.discount_value)
        reward.save(update_fields=["price_before", "price_after"])
