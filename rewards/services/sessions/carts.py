"""A cart as a checkout tells it: its shape, and its limits."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from config.lib.bodies import MONEY_MAX, Category, Code, Identifier, Money, Text, mistake, read_struct
from rewards.engine.facts import Line
from rewards.services.purchase_events import LINES_MAX, QUANTITY_MAX

POINTS_MAX = 10**9
OPTIONS_MAX = 20
SECONDS_MAX = 86_400


class CartLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of a cart."""

    sku: Identifier
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
    unit_price: Money
    name: Text = ""
    category: Category = ""


class RedeemedOption(msgspec.Struct, frozen=True, omit_defaults=True):
    """A reward option that is redeemed with this cart, by its code."""

    option: Identifier
    quantity: Annotated[int, Meta(ge=1, le=QUANTITY_MAX)] = 1


class Cart(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody is about to buy, and what they want to use for it.

    `points`: how many to pay with, or `max`. `grants`: by their ids; all that lower this price if it is left out.
    """

    customer: Identifier
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}$(?!\n)", description="ISO 4217; the merchant's currency.")]
    items: Annotated[tuple[CartLine, ...], Meta(min_length=1, max_length=LINES_MAX)]
    shipping: Money = 0
    points: Annotated[int, Meta(ge=0, le=POINTS_MAX)] | Literal["max"] = 0
    grants: Annotated[tuple[Identifier, ...], Meta(max_length=LINES_MAX)] | None = None
    redeem: Annotated[tuple[RedeemedOption, ...], Meta(max_length=OPTIONS_MAX)] = ()
    referral_code: Code | None = None
    expires_in: (
        Annotated[int, Meta(ge=10, le=SECONDS_MAX, description="Seconds; as the merchant says if left out.")] | None
    ) = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """Its lines, as they are priced."""
        return tuple(Line(each.sku, each.quantity, each.unit_price, each.name, each.category) for each in self.items)

    @property
    def gross(self) -> int:
        """What the goods cost everybody."""
        return sum(each.quantity * each.unit_price for each in self.items)


def read_cart(raw: Any, *, currency: str) -> Cart:
    """Read a cart.

    :param currency: the merchant's; no other is accepted.
    :raises Invalid: naming the place and the mistake.
    """
    cart = read_struct(raw, Cart)
    if cart.currency != currency:
        detail = f"The cart is in {cart.currency}, and this merchant's currency is {currency}."
        raise mistake(detail, "/currency", "other_currency", f"Must be {currency}")
    if cart.gross > MONEY_MAX:
        raise mistake("The lines come to too much.", "/items", "out_of_range", f"Must come to {MONEY_MAX} or less")
    if len({each.option for each in cart.redeem}) < len(cart.redeem):
        raise mistake("An option occurs twice.", "/redeem", "duplicate", "Must name each option once")
    return cart
