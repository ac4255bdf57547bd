"""Jobs of other systems, and what their customers' rewards would make of the price."""

from contextlib import suppress
from dataclasses import dataclass

from config.lib.errors import DomainError, NotFound
from fulfillment.models.redemptions import Redemption, Status
from fulfillment.models.repair_rewards import LOWERING, RepairReward
from fulfillment.models.service_records import ServiceRecord
from fulfillment.selectors.prices import Price, price_now, price_with
from referrals.models.merchants import Merchant


@dataclass(frozen=True, slots=True)
class Quote:
    """What a job costs now, which rewards made it so, and what each other reward of its customer would make of it."""

    price: int
    applied: list[RepairReward]
    available: list[tuple[Redemption, Price]]


def find_service_record(*, merchant: Merchant, reference: str) -> ServiceRecord:
    """A job by the other system's id.

    :raises NotFound: if the merchant has no such job.
    """
    record = ServiceRecord.objects.filter(merchant=merchant, reference=reference).select_related("customer").first()
    if record is None:
        raise NotFound("There is no such service record.")
    return record


def quote(*, record: ServiceRecord) -> Quote:
    """The price of a job, and what could be made of it; nothing is applied by asking."""
    applied = list(record.rewards.select_related("redemption__option").order_by("pk"))
    approved = Redemption.objects.filter(
        customer=record.customer_id, status=Status.APPROVED, option__reward_type__category__in=LOWERING
    )
    available = []
    for redemption in approved.select_related("option__reward_type").order_by("pk"):
        with suppress(DomainError):
            available.append((redemption, price_with(redemption=redemption, record=record)))
    price = price_now(record, applied) if record.final_amount is None else record.final_amount
    return Quote(price, applied, available)
