"""Points and money as a reader of this language writes them."""

from decimal import Decimal
from fractions import Fraction

from babel.numbers import format_decimal
from django import template
from django.utils.translation import get_language

from config.lib.money import format_amount

register = template.Library()


@register.filter
def money(minor_units: int, currency: str) -> str:
    """An amount: minor units of a currency, such as 1250 of USD as $12.50."""
    return format_amount(minor_units, currency, locale=get_language() or "en")


@register.filter
def points(amount: int) -> str:
    """A number of points, such as 1,250; a loss has a minus sign."""
    return str(format_decimal(amount, locale=get_language() or "en"))


@register.filter
def signed(amount: int) -> str:
    """A movement of points, such as +120 or -200."""
    return f"+{points(amount)}" if amount > 0 else points(amount)


@register.filter
def factor(number: Fraction) -> str:
    """How many times something counts, such as 1.25."""
    return str(format_decimal(Decimal(number.numerator) / number.denominator, locale=get_language() or "en"))
