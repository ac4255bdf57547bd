"""Amounts as people read them."""

from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision

from config.lib.numbers import reader_locale


def format_amount(minor_units: int, currency: str) -> str:
    """An amount as the reader's language writes it: 123456 minor units of EUR are "€1,234.56", or "1.234,56 €".

    :param currency: ISO 4217; it also says how many decimals there are (two for USD, none for JPY).
    """
    return format_currency(major_units(minor_units, currency), currency, locale=reader_locale())


def major_units(minor_units: int, currency: str) -> Decimal:
    """An amount as a number, in the currency's own unit: 123456 minor units of USD are 1234.56."""
    return Decimal(minor_units).scaleb(-get_currency_precision(currency))
