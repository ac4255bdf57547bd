"""The shelf: so many of a reward option are taken for a purpose, once, and given back, once.

Call it inside the transaction that needs them, after the customer's account is locked. The option's row is locked by
the taking itself, and late, so that customers wait for each other only for the end of a transaction.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from config.lib.errors import DomainError
from rewards.models.catalog import RewardOption
from rewards.models.takings import Taking
from rewards.selectors.catalog import forget_catalog
from rewards.selectors.eligibility import taken_in_period


class SoldOut(DomainError):
    """There are not as many left."""

    code = "sold_out"


class CustomerLimitReached(DomainError):
    """A customer can have only so many of this in its period."""

    code = "customer_limit_reached"


class TakingConflict(DomainError):
    """Something else was taken for this purpose already."""

    code = "taking_conflict"


def take_stock(
    *, option: RewardOption, customer_id: int, quantity: int, key: str, now: datetime, is_granted: bool = False
) -> Taking:
    """Take some of a reward option off the shelf; the same purpose again is the same taking.

    :param key: names the purpose within the merchant, such as `redemption:17`.
    :param is_granted: whether a policy gave it, so that the customer's limit does not count it.
    :raises SoldOut: if there are not as many.
    :raises CustomerLimitReached: if it would be more than one customer can have.
    :raises TakingConflict: if the purpose has taken something else, or has given it back.
    """
    known = Taking.objects.filter(merchant=option.merchant_id, key=key).first()
    if known is not None:
        if (known.option_id, known.customer_id, known.quantity, known.given_back_at) != (
            option.pk, customer_id, quantity, None,
        ):  # fmt: skip
            raise TakingConflict
        return known
    enough = Q(stock_quantity__isnull=True) | Q(stock_quantity__gte=F("stock_taken") + quantity)
    if not RewardOption.objects.filter(enough, pk=option.pk).update(stock_taken=F("stock_taken") + quantity):
        raise SoldOut
    if option.stock_quantity is not None:
        forget_catalog(merchant_id=option.merchant_id)
    if not is_granted:
        _refuse_beyond_limit(option, customer_id, quantity, now)
    return Taking.objects.create(
        merchant_id=option.merchant_id,
        option=option,
        customer_id=customer_id,
        quantity=quantity,
        key=key,
        is_granted=is_granted,
        taken_at=now,
        partner_id=option.partner_id,
        unit_cost=option.partner_price * option.partner.share_percent // 100 if option.partner else 0,
    )


def give_back_stock(*, merchant_id: int, key: str, now: datetime) -> bool:
    """Put what was taken for a purpose back on the shelf; once more changes nothing.

    :returns: whether there was something to give back.
    """
    taking = Taking.objects.filter(merchant=merchant_id, key=key).first()
    if taking is None or not Taking.objects.filter(pk=taking.pk, given_back_at=None).update(given_back_at=now):
        return False
    RewardOption.objects.filter(pk=taking.option_id).update(stock_taken=F("stock_taken") - taking.quantity)
    forget_catalog(merchant_id=merchant_id)
    return True


def _refuse_beyond_limit(option: RewardOption, customer_id: int, quantity: int, now: datetime) -> None:
    """Count under the lock on the option's row, which the taking holds."""
    if option.per_customer_max is None:
        return
    zone = ZoneInfo(option.merchant.time_zone)
    taken = taken_in_period(customer_id=customer_id, options=[option], zone=zone, now=now)
    if taken[option.pk] + quantity > option.per_customer_max:
        raise CustomerLimitReached
