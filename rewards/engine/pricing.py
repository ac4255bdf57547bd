"""The price of a cart for one customer: what lowers it, in which order, and by how much.

The rule for stacking, in its order, each on what the ones before have left:

1. **Free items.** Each makes one item free, the dearest that it is for.
2. **Percentages.** On each line the best one counts, and only that: of the tier, the birthday, and whatever the
   customer brings. Rounded down.
3. **Amounts**, one after the other, spread over the lines that they are for by largest remainder.
4. **Shipping** is free by the tier from its threshold on, else by what the customer brings.
5. **Points**, up to a share of what the goods still cost, and not fewer than a minimum; no point is taken for
   nothing. Shipping is not paid with points.

Nothing costs less than nothing, and what has no effect is not used up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import msgspec

from rewards.engine.facts import Line
from rewards.engine.shares import apportion

PERCENTAGE, FIXED, FREE, NONE = "percentage", "fixed", "free", "none"
GRANT, OPTION, TIER, BIRTHDAY = "grant", "option", "tier", "birthday"
SHIPPING = -1
WHOLE = 100


class Offer(msgspec.Struct, frozen=True):
    """Something that a customer brings to the checkout: a grant, or a reward option that they redeem there.

    :param source: `grant` or `option`; with `id` it names it.
    :param value: per cent, or minor units, as the discount type says.
    :param product_category: which lines it is for; empty: any.
    :param quantity: how many items it can make free.
    """

    source: str
    id: int
    name: str
    discount_type: str
    value: int = 0
    is_for_shipping: bool = False
    product_category: str = ""
    minimum_order: int = 0
    quantity: int = 1


class Benefits(msgspec.Struct, frozen=True):
    """What the customer's tier, and the day, give: per cents, and from what the goods cost shipping is free."""

    tier_discount: Fraction = Fraction(0)
    birthday_discount: Fraction = Fraction(0)
    free_shipping_from: int | None = None


class Paying(msgspec.Struct, frozen=True):
    """How many points are to be paid with, and on which terms.

    :param point_value: of a point, in minor units.
    :param share_max: per cent of what the goods cost.
    """

    wanted: int = 0
    available: int = 0
    point_value: Fraction = Fraction(1)
    minimum: int = 0
    share_max: int = WHOLE


class Reduction(msgspec.Struct, frozen=True):
    """What lowered the price of a line (or of shipping: SHIPPING), by how much, and why."""

    line: int
    source: str
    amount: int
    name: str = ""
    id: int = 0


class Unused(msgspec.Struct, frozen=True):
    """What was not used, and why."""

    source: str
    id: int
    name: str
    reason: str


class Priced(msgspec.Struct, frozen=True):
    """A priced cart, in minor units.

    :param lines: what each line costs, before points.
    :param goods: what the lines cost together.
    :param points_value: what the points pay of that.
    :param used: how many of each offer were used, by source and id.
    """

    lines: tuple[int, ...]
    goods: int
    shipping: int
    points: int
    points_value: int
    reductions: tuple[Reduction, ...]
    unused: tuple[Unused, ...]
    used: dict[tuple[str, int], int]

    @property
    def paid(self) -> int:
        """What is paid for the goods in money."""
        return self.goods - self.points_value

    @property
    def total(self) -> int:
        """What is paid in money, with shipping."""
        return self.paid + self.shipping


def price(
    lines: Sequence[Line], *, shipping: int, offers: Sequence[Offer], benefits: Benefits, paying: Paying
) -> Priced:
    """Price a cart.

    :param shipping: what it costs, in minor units.
    :param offers: in the order in which they are to be used.
    """
    till = _Till(lines, shipping, benefits)
    fitting = [offer for offer in offers if till.admits(offer)]
    goods = [offer for offer in fitting if not offer.is_for_shipping]
    for offer in (each for each in goods if each.discount_type == FREE):
        till.make_items_free(offer)
    till.take_percentages([each for each in goods if each.discount_type == PERCENTAGE])
    for offer in (each for each in goods if each.discount_type == FIXED):
        till.take_amount(offer)
    till.take_shipping([each for each in fitting if each.is_for_shipping])
    for offer in (each for each in goods if each.discount_type == NONE):
        till.hand_over(offer)
    points, value = till.pay(paying)
    return Priced(
        lines=tuple(till.left),
        goods=sum(till.left),
        shipping=till.shipping,
        points=points,
        points_value=value,
        reductions=tuple(till.reductions),
        unused=tuple(till.unused),
        used=till.used,
    )


@dataclass
class _Till:
    """A cart being priced: what is left of each line, and which of its items still cost something."""

    lines: Sequence[Line]
    shipping: int
    benefits: Benefits
    left: list[int] = field(init=False)
    items: list[int] = field(init=False)
    reductions: list[Reduction] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)
    used: dict[tuple[str, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.left = [line.quantity * line.unit_price for line in self.lines]
        self.items = [line.quantity for line in self.lines]

    def admits(self, offer: Offer) -> bool:
        """Whether the order is large enough for an offer."""
        if sum(line.quantity * line.unit_price for line in self.lines) >= offer.minimum_order:
            return True
        self._pass_over(offer, "minimum_order_not_reached")
        return False

    def make_items_free(self, offer: Offer) -> None:
        """Make the dearest items free that an offer is for."""
        open_ = [index for index in self._lines_for(offer) if self.items[index] and self.lines[index].unit_price]
        left = offer.quantity
        for index in sorted(open_, key=lambda index: -self.lines[index].unit_price):
            count = min(left, self.items[index])
            if not count:
                break
            left -= count
            self.items[index] -= count
            self._reduce(index, count * self.lines[index].unit_price, offer)
            self.used[offer.source, offer.id] = offer.quantity - left
        self._pass_over_if_unused(offer, "nothing_that_it_is_for")

    def take_percentages(self, offers: Sequence[Offer]) -> None:
        """On each line the best percentage counts; of equal ones the one that uses up nothing."""
        own = [
            Offer(TIER, 0, "", PERCENTAGE, minimum_order=0),
            Offer(BIRTHDAY, 0, "", PERCENTAGE, minimum_order=0),
        ]
        rates = {(TIER, 0): self.benefits.tier_discount, (BIRTHDAY, 0): self.benefits.birthday_discount}
        rates |= {(each.source, each.id): Fraction(each.value) for each in offers}
        for index, left in enumerate(self.left):
            fitting = [each for each in (*own, *offers) if self._is_for(each, index)]
            best = max(fitting, key=lambda each: rates[each.source, each.id])
            amount = int(left * min(rates[best.source, best.id], Fraction(WHOLE)) / WHOLE)
            if amount:
                self._reduce(index, amount, best)
                self.used[best.source, best.id] = 1
        for each in offers:
            self._pass_over_if_unused(each, "no_better_than_another")

    def take_amount(self, offer: Offer) -> None:
        """Take an amount off the lines that an offer is for."""
        indices = self._lines_for(offer)
        weights = [self.left[index] for index in indices]
        amount = min(offer.value, sum(weights))
        for index, share in zip(indices, apportion(amount, weights), strict=False):
            if share:
                self._reduce(index, share, offer)
                self.used[offer.source, offer.id] = 1
        self._pass_over_if_unused(offer, "nothing_that_it_is_for")

    def take_shipping(self, offers: Sequence[Offer]) -> None:
        """Ship for nothing if the tier says so; else use what the customer brings, until there is nothing to pay."""
        threshold = self.benefits.free_shipping_from
        if self.shipping and threshold is not None and sum(self.left) >= threshold:
            self.reductions.append(Reduction(SHIPPING, TIER, self.shipping))
            self.shipping = 0
        for offer in offers:
            whole = {FREE: self.shipping, FIXED: offer.value, PERCENTAGE: self.shipping * offer.value // WHOLE}
            amount = min(self.shipping, whole.get(offer.discount_type, 0))
            if amount:
                self.shipping -= amount
                self.reductions.append(Reduction(SHIPPING, offer.source, amount, offer.name, offer.id))
                self.used[offer.source, offer.id] = 1
            self._pass_over_if_unused(offer, "no_shipping_to_pay")

    def hand_over(self, offer: Offer) -> None:
        """What is redeemed without lowering a price, such as a gift card; a grant of that kind is for other places."""
        if offer.source == OPTION:
            self.used[offer.source, offer.id] = offer.quantity
        self._pass_over_if_unused(offer, "not_for_a_checkout")

    def pay(self, paying: Paying) -> tuple[int, int]:
        """How many points are taken, and what they pay."""
        if not paying.wanted or not paying.point_value:
            return 0, 0
        most = sum(self.left) * paying.share_max // WHOLE
        points = min(paying.wanted, paying.available, int(most / paying.point_value))
        value = int(points * paying.point_value)
        points = -int(-value // paying.point_value)
        return (points, value) if points >= max(paying.minimum, 1) else (0, 0)

    def _lines_for(self, offer: Offer) -> list[int]:
        return [index for index in range(len(self.lines)) if self._is_for(offer, index)]

    def _is_for(self, offer: Offer, index: int) -> bool:
        return offer.product_category in {"", self.lines[index].category}

    def _reduce(self, index: int, amount: int, offer: Offer) -> None:
        self.left[index] -= amount
        self.reductions.append(Reduction(index, offer.source, amount, offer.name, offer.id))

    def _pass_over(self, offer: Offer, reason: str) -> None:
        self.unused.append(Unused(offer.source, offer.id, offer.name, reason))

    def _pass_over_if_unused(self, offer: Offer, reason: str) -> None:
        if (offer.source, offer.id) not in self.used:
            self._pass_over(offer, reason)
