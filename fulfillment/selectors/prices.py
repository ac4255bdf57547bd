"""What a job costs with rewards, and which rewards lower its price.

A job's rewards lower its price one after the other, in the order in which they were applied. A percentage is rounded
down to a whole minor unit, so that nobody is given more than was promised.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from config.lib.errors import DomainError
from fulfillment.models.redemptions import Redemption
from fulfillment.models.repair_rewards import LOWERING, RepairReward
from fulfillment.models.service_records import ServiceKind, ServiceRecord, ServiceState
from rewards.models.catalog import Category, DiscountType

KINDS = {
    Category.REPAIR_DISCOUNT: frozenset({ServiceKind.REPAIR}),
    Category.REPLACEMENT_DISCOUNT: frozenset({ServiceKind.REPLACEMENT}),
    Category.FREE_SERVICE: frozenset(ServiceKind),
}
"""Which rewards are for which jobs."""


class DoesNotApply(DomainError):
    """This reward does not lower the price of such a job."""

    code = "does_not_apply"


class AlreadyApplied(DomainError):
    """A reward of this kind has been applied to this job."""

    code = "already_applied"


class RecordEnded(DomainError):
    """This job has ended; its price does not change any more."""

    code = "service_record_ended"


@dataclass(frozen=True, slots=True)
class Price:
    """What a job costs before and after a reward, in minor units."""

    before: int
    after: int


def needs_repair(redemption: Redemption) -> bool:
    """Whether a reward is worth nothing without a job whose price it lowers."""
    return redemption.option.reward_type.category in (Category.REPAIR_DISCOUNT, Category.REPLACEMENT_DISCOUNT)


def price_with(*, redemption: Redemption, record: ServiceRecord) -> Price:
    """What a job would cost with a reward, on top of those that it has.

    :raises RecordEnded: if the job has ended.
    :raises DoesNotApply: if the reward is not for such a job.
    :raises AlreadyApplied: if the job has one of the kind.
    """
    reward_type = redemption.option.reward_type
    category = Category(reward_type.category)
    if record.state != ServiceState.OPEN:
        raise RecordEnded
    is_for_it = category in LOWERING and record.kind in KINDS[category]
    if not is_for_it or redemption.quantity != 1 or reward_type.discount_type == DiscountType.NONE:
        raise DoesNotApply
    applied = list(record.rewards.order_by("pk"))
    if any(each.category == category for each in applied):
        raise AlreadyApplied
    before = price_now(record, applied)
    return Price(before, lowered(before, reward_type.discount_type, reward_type.discount_value))


def price_now(record: ServiceRecord, applied: Iterable[RepairReward]) -> int:
    """What a job costs with the rewards that it has, in minor units.

    :param applied: in the order in which they were applied.
    """
    price = record.amount
    for each in applied:
        price = lowered(price, each.discount_type, each.discount_value)
    return price


def lowered(price: int, discount_type: str, discount_value: int) -> int:
    """A price after a discount.

    :param price: minor units.
    :param discount_value: percent or minor units, as the type says.
    """
    if discount_type == DiscountType.FREE:
        return 0
    if discount_type == DiscountType.PERCENTAGE:
        return price - price * discount_value // 100
    return max(price - discount_value, 0) if discount_type == DiscountType.FIXED else price
