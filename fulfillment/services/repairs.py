"""Applying a reward to a job of the repair system: somebody chose the job, saw the price, and confirmed it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from config.lib.errors import DomainError, NotFound
from fulfillment.models.redemptions import Redemption
from fulfillment.models.repair_rewards import RepairReward
from fulfillment.models.service_records import ServiceRecord
from fulfillment.selectors.prices import price_with


class PriceChanged(DomainError):
    """The price is no longer the one that was confirmed; look at it again."""

    code = "price_changed"


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The job that somebody chose, and the price after the reward as they saw it, in minor units.

    :param reference: the id by which the other system knows the job.
    """

    reference: str
    price_after: int


def apply_to_repair(*, redemption: Redemption, confirmed: Confirmed, actor: str, now: datetime) -> RepairReward:
    """Apply the reward of a locked redemption to a job of the same customer, at the price that was confirmed.

    :raises NotFound: if the customer has no such job.
    :raises PriceChanged: if the price is no longer what was confirmed.
    :raises DomainError: as `price_with` does.
    """
    own = ServiceRecord.objects.filter(customer=redemption.customer_id, reference=confirmed.reference)
    record = own.select_for_update(of=("self",)).first()
    if record is None:
        raise NotFound(_("There is no such job of this customer."))
    price = price_with(redemption=redemption, record=record)
    if price.after != confirmed.price_after:
        raise PriceChanged
    reward_type = redemption.option.reward_type
    return RepairReward.objects.create(
        merchant_id=redemption.merchant_id,
        customer_id=redemption.customer_id,
        redemption=redemption,
        service_record=record,
        category=reward_type.category,
        discount_type=reward_type.discount_type,
        discount_value=reward_type.discount_value,
        price_before=price.before,
        price_after=price.after,
        actor=actor,
        applied_at=now,
    )
