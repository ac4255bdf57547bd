"""Amounts of money: `25.00` in a programme is 2500 in the database, in a currency with two decimal places."""

from decimal import Decimal, localcontext

from babel.numbers import get_currency_precision

MONEY_BENEFITS = frozenset({"free_shipping_threshold"})
"""Benefits of a tier that are amounts of money; the others are numbers, words, or yes and no."""

AMOUNT_MAX = 10**12
"""The largest amount, in minor units; it is also the largest total of a purchase."""

POINT_VALUE_END = 10**8
_FINEST = Decimal("0.0001")


def minor_units(written: float | str | Decimal, currency: str) -> int | None:
    """An amount in minor units; None if the currency has no such amount.

    :param written: in major units; of a binary float, the decimal number that it was written as counts.
    """
    with localcontext(prec=40):
        scaled = Decimal(str(written)).scaleb(get_currency_precision(currency))
        minor = int(scaled)
        return minor if minor == scaled and 0 <= minor <= AMOUNT_MAX else None


def major_units(minor: int, currency: str) -> Decimal:
    """An amount as a programme writes it, with all the decimal places of its currency."""
    return Decimal(minor).scaleb(-get_currency_precision(currency))


def point_value(written: float | str | Decimal, currency: str) -> Decimal | None:
    """What a point is worth, in minor units; None if it is finer than a ten-thousandth of one, or too much.

    :param written: in major units: `0.01` is a cent.
    """
    with localcontext(prec=40):
        minor = Decimal(str(written)).scaleb(get_currency_precision(currency))
        return minor if 0 <= minor < POINT_VALUE_END and minor == minor.quantize(_FINEST) else None


def written_point_value(minor: Decimal, currency: str) -> Decimal:
    """What a point is worth, as a programme writes it: in major units, without trailing zeros."""
    return Decimal(f"{minor.scaleb(-get_currency_precision(currency)).normalize():f}")


def multiplier(written: float | str | Decimal) -> Decimal | None:
    """A points multiplier without trailing zeros; None if it has more than three decimal places or is out of range."""
    exact = Decimal(str(written))
    if not Decimal("0.001") <= exact <= 100 or exact != exact.quantize(Decimal("0.001")):
        return None
    return Decimal(f"{exact.normalize():f}")
