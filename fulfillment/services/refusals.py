"""The rules that refuse a redemption, or a step of one: each is an error named after it."""

from datetime import datetime

from config.lib.errors import DomainError, Invalid
from referrals.models.customers import Customer
from rewards.models.catalog import RewardOption
from rewards.selectors.eligibility import WhyNot, why_not
from rewards.services.stock import CustomerLimitReached, SoldOut


class NotOffered(DomainError):
    """This reward is not to be had for points."""

    code = "not_offered"


class NotYetOffered(DomainError):
    """This reward can be had later."""

    code = "not_yet_offered"


class NoLongerOffered(DomainError):
    """This reward can no longer be had."""

    code = "no_longer_offered"


class TierTooLow(DomainError):
    """This reward is for customers of a higher tier."""

    code = "tier_too_low"


class AddressNeeded(Invalid):
    """This reward is sent by post: say where to."""

    code = "address_needed"


class IllegalMove(DomainError):
    """This redemption has come too far for that, or not far enough."""

    code = "illegal_move"


class OwnRedemption(DomainError):
    """Nobody decides on, or delivers, a reward of their own."""

    code = "own_redemption"
    status = 403


class NotYourJob(DomainError):
    """Another technician has this job, or nobody has."""

    code = "not_your_job"


_BY_REASON: dict[WhyNot, type[DomainError]] = {
    WhyNot.INACTIVE: NotOffered,
    WhyNot.NOT_FOR_POINTS: NotOffered,
    WhyNot.NOT_YET: NotYetOffered,
    WhyNot.NO_LONGER: NoLongerOffered,
    WhyNot.TIER_TOO_LOW: TierTooLow,
    WhyNot.SOLD_OUT: SoldOut,
    WhyNot.LIMIT_REACHED: CustomerLimitReached,
}


def check_redeemable(*, customer: Customer, option: RewardOption, quantity: int, address: str, now: datetime) -> None:
    """Refuse what a customer cannot have.

    :raises DomainError: the one of the rules above that is broken first.
    """
    for reason in why_not(customer=customer, option=option, quantity=quantity, now=now):
        raise _BY_REASON[reason]
    if option.shipping_required and not address:
        raise AddressNeeded(errors=[{"pointer": "/address", "code": "address_needed", "detail": "Is needed."}])
