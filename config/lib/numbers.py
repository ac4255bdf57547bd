"""Numbers as the reader's language writes them."""

from decimal import Decimal

from babel.numbers import format_decimal, format_percent
from django.conf import settings
from django.utils.translation import get_language


def reader_locale() -> str:
    """The language in which something is written just now."""
    return get_language() or settings.LANGUAGE_CODE


def written(number: int | Decimal) -> str:
    """A number: 1250 is 1,250 in English and 1.250 in German; what is below zero has a minus sign."""
    return str(format_decimal(number, locale=reader_locale()))


def signed(number: int) -> str:
    """A movement, such as +120 or -200."""
    return f"+{written(number)}" if number > 0 else written(number)


def percentage(share: float, *, decimals: int = 0) -> str:
    """A share of 1: 0.125 is 12.5% in English and 12,5 % in German."""
    exact = Decimal(share).quantize(Decimal(1).scaleb(-2 - decimals))
    return str(format_percent(exact, locale=reader_locale(), decimal_quantization=False))
