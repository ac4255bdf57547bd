import pytest

from config.lib.money import format_amount


@pytest.mark.parametrize(
    ("minor_units", "currency", "read"),
    [
        (123456, "USD", "$1,234.56"),
        (5, "USD", "$0.05"),
        (-2599, "EUR", "-€25.99"),
        (1234, "JPY", "¥1,234"),
        (1234, "KWD", "KWD1.234"),
    ],
)
def test_an_amount_has_the_decimals_of_its_currency(minor_units, currency, read):
    assert format_amount(minor_units, currency) == read
