"""Points and money as a reader of this language writes them."""

from decimal import Decimal
from fractions import Fraction

from django import template

from config.lib import numbers
from config.lib.money import format_amount

register = template.Library()


@register.filter
def money(minor_units: int, currency: str) -> str:
    """An amount: minor units of a currency, such as 1250 of USD as $12.50."""
    return format_amount(minor_units, currency)


@register.filter
def points(amount: int) -> str:
    """A number of points, such as 1,250; a loss has a minus sign."""
    return numbers.written(amount)


@register.filter
def signed(amount: int) -> str:
    """A movement of points, such as +120 or -200."""
    return numbers.signed(amount)


@register.filter
def factor(number: Fraction) -> str:
    """How many times something counts, such as 1.25."""
    return numbers.written(Decimal(number.numerator) / number.denominator)
