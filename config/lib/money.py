"""Amounts as people read them."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

from config.lib.errors import Invalid
from config.lib.numbers import reader_locale


def format_amount(minor_units: int, currency: str) -> str:
    """An amount as the reader's language writes it: 123456 minor units of EUR are "€1,234.56", or "1.234,56 €".

    :param currency: ISO 4217; it also says how many decimals there are (two for USD, none for JPY).
    """
    return format_currency(major_units(minor_units, currency), currency, locale=reader_locale())


def major_units(minor_units: int, currency: str) -> Decimal:
    """An amount as a number, in the currency's own unit: 123456 minor units of USD are 1234.56."""
    return Decimal(minor_units).scaleb(-get_currency_precision(currency))


def minor_units(amount: str | Decimal, currency: str) -> int:
    """An amount in the currency's own unit as an integer: "1234.56" USD are 123456 minor units, exactly.

    :param amount: a number, or plain digits that spell one.
    :raises Invalid: if it has more decimals than the currency.
    """
    exact = Decimal(amount).scaleb(get_currency_precision(currency))
    if exact != exact.to_integral_value():
        raise Invalid(f"{amount} {currency} has a part of a minor unit.")
    return int(exact)
