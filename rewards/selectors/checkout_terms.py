"""On which terms customers pay with points, and what their tier and the day give them at a checkout."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from rewards.engine.pricing import Benefits
from rewards.models.sessions import CheckoutTerms, PurchaseSession, SessionState

BIRTHDAY_DAYS = 7
"""How long a birthday's discount can be used, beginning with the day."""


def checkout_terms(merchant: Merchant) -> CheckoutTerms:
    """The terms of a merchant's checkout; the usual ones if it has set none."""
    return CheckoutTerms.objects.filter(merchant=merchant).first() or CheckoutTerms(merchant=merchant)


def benefits_of(tier: Mapping[str, Any], *, has_birthday: bool) -> Benefits:
    """What the benefits of a tier are worth at a checkout.

    :param tier: its benefits, by name; amounts of money in minor units.
    """
    threshold = tier.get("free_shipping_threshold")
    return Benefits(
        tier_discount=_per_cent(tier.get("tier_discount")),
        birthday_discount=_per_cent(tier.get("birthday_discount")) if has_birthday else Fraction(0),
        free_shipping_from=int(threshold) if threshold is not None else None,
    )


def birthday_year(customer: Customer, today: date) -> int | None:
    """The year of the birthday whose discount a customer can use today; None if there is none.

    :param today: in the merchant's zone.
    """
    if customer.birthday is None:
        return None
    for days in range(BIRTHDAY_DAYS):
        day = today - timedelta(days=days)
        if _is_birthday(customer.birthday, day) and day > customer.birthday:
            taken = PurchaseSession.objects.filter(
                customer=customer, birthday_year=day.year, state__in=[SessionState.OPEN, SessionState.COMPLETED]
            )
            return None if taken.exists() else day.year
    return None


def _is_birthday(birthday: date, day: date) -> bool:
    """Whether a day is a birthday; of whoever was born on a 29 February the 28th is one in common years."""
    try:
        celebrated = birthday.replace(year=day.year)
    except ValueError:
        celebrated = date(day.year, 2, 28)
    return celebrated == day


def _per_cent(written: Any) -> Fraction:
    if isinstance(written, bool) or not isinstance(written, int | float | str | Decimal):
        return Fraction(0)
    try:
        return min(max(Fraction(str(written)), Fraction(0)), Fraction(100))
    except ValueError:
        return Fraction(0)
