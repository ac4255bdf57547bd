"""How much of a purchase was paid back, and how much of an award goes with it: whole numbers, exactly.

A refund is settled once, into minor units and items of each line. What it takes of an award is the difference of
two sums, after it and before it, each rounded down line by line: so parts in any order take the award exactly.
"""

from collections.abc import Iterable, Sequence

import msgspec

from rewards.engine.shares import apportion

ALREADY_REFUNDED = "already_refunded"
EXCEEDS_PAID = "refund_exceeds_paid"
UNKNOWN_LINE = "unknown_line"
NOTHING_REFUNDED = "nothing_refunded"


class CannotReturn(ValueError):
    """What was asked cannot be paid back of this purchase; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class SoldLine(msgspec.Struct, frozen=True):
    """A line of a purchase, as far as refunds look at it; `unit_price` in minor units."""

    quantity: int
    unit_price: int
    category: str = ""
    key: str = ""


class AskedLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """What shall be paid back of a line, which its key or its index (from 0) names.

    Without a quantity and an amount it is all that is left of the line; without an amount, what the items cost;
    without a quantity, no items: a lower price.
    """

    key: str = ""
    index: int | None = None
    quantity: int | None = None
    amount: int | None = None


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """What shall be paid back: an amount in minor units, or lines, or (with neither) all that is left.

    With `at_most`, of an amount that is more than is left only what is left: what was paid back may hold taxes or
    shipping, which the purchase does not.
    """

    amount: int | None = None
    lines: tuple[AskedLine, ...] = ()
    at_most: bool = False


class Part(msgspec.Struct, frozen=True):
    """What one refund pays back of a line: minor units and items."""

    line: int
    amount: int = 0
    quantity: int = 0


class Settled(msgspec.Struct, frozen=True):
    """What one refund pays back: minor units in all, and of which lines."""

    amount: int
    parts: tuple[Part, ...]


class Returned(msgspec.Struct, frozen=True):
    """What so many refunds have paid back of a purchase together: in all, and of each line."""

    amount: int
    amounts: tuple[int, ...]
    quantities: tuple[int, ...]
    refunds: int


class Sale:
    """A purchase, as refunds look at it.

    `paid` is what was paid of each line: the total spread over the lines by their value. Where no line has a value
    nothing belongs to a line, and money is paid back of the purchase as a whole.
    """

    def __init__(self, *, total: int, lines: Sequence[SoldLine]) -> None:
        self.total = total
        self.lines = lines
        values = [line.quantity * line.unit_price for line in lines]
        self.paid = apportion(total, values) or (0,) * len(lines)

    def returned(self, settled: Iterable[Settled]) -> Returned:
        """What these refunds come to."""
        amount = refunds = 0
        amounts, quantities = [0] * len(self.lines), [0] * len(self.lines)
        for refund in settled:
            amount += refund.amount
            refunds += 1
            for part in refund.parts:
                amounts[part.line] += part.amount
                quantities[part.line] += part.quantity
        return Returned(amount, tuple(amounts), tuple(quantities), refunds)

    def is_whole(self, returned: Returned) -> bool:
        """Whether nothing is left of the purchase."""
        sold = tuple(line.quantity for line in self.lines)
        return returned.refunds > 0 and (returned.amount, returned.quantities) == (self.total, sold)

    def qualifies(self, returned: Returned, *, minimum: int) -> bool:
        """Whether what stays paid is enough for a referral to qualify.

        :param minimum: minor units.
        """
        return not self.is_whole(returned) and self.total - returned.amount >= minimum

    def points_gone(self, returned: Returned, *, points: int, shares: Sequence[int]) -> int:
        """How many points of an award go with what was paid back.

        Of a line goes the part that was paid back of it, rounded down; a line that cost nothing goes by its items.
        """
        if not shares:
            return points * returned.amount // self.total if self.total else points * self.is_whole(returned)
        return sum(
            share * amount // paid if paid else share * quantity // line.quantity
            for share, amount, quantity, paid, line in zip(
                shares, returned.amounts, returned.quantities, self.paid, self.lines, strict=True
            )
        )

    def settle(self, asked: Asked, before: Returned) -> Settled:
        """Settle a refund into lines. Whatever pays back the last of a purchase gives back all its items too.

        :param before: what earlier refunds paid back.
        :raises CannotReturn: if it comes to nothing, or more than is left, or names a line that is not there.
        """
        if self.is_whole(before):
            raise CannotReturn(ALREADY_REFUNDED)
        left = self.total - before.amount
        if asked.lines:
            parts = tuple(self._part(line, before) for line in asked.lines)
            if len({part.line for part in parts}) < len(parts):
                raise CannotReturn(UNKNOWN_LINE)
            amount = sum(part.amount for part in parts)
        elif asked.amount is not None:
            amount = min(asked.amount, left) if asked.at_most else asked.amount
            parts = self._spread(min(amount, left), before)
        else:
            return self._rest(before)
        if amount > left:
            raise CannotReturn(EXCEEDS_PAID)
        if amount == left and (self.total or not asked.lines):
            return self._rest(before)
        if not amount and not any(part.quantity for part in parts):
            raise CannotReturn(NOTHING_REFUNDED)
        return Settled(amount, parts)

    def _rest(self, before: Returned) -> Settled:
        parts = (
            Part(index, self.paid[index] - before.amounts[index], line.quantity - before.quantities[index])
            for index, line in enumerate(self.lines)
        )
        return Settled(self.total - before.amount, tuple(part for part in parts if part.amount or part.quantity))

    def _spread(self, amount: int, before: Returned) -> tuple[Part, ...]:
        left = [paid - amount_before for paid, amount_before in zip(self.paid, before.amounts, strict=True)]
        return tuple(Part(index, share) for index, share in enumerate(apportion(amount, left)) if share)

    def _part(self, asked: AskedLine, before: Returned) -> Part:
        index = self._index(asked)
        paid, sold = self.paid[index], self.lines[index].quantity
        amount_left, quantity_left = paid - before.amounts[index], sold - before.quantities[index]
        quantity, amount = asked.quantity, asked.amount
        if quantity is None:
            quantity = quantity_left if amount is None else 0
        if amount is None:
            amount = amount_left if quantity == quantity_left else min(amount_left, paid * quantity // sold)
        if amount > amount_left or quantity > quantity_left:
            raise CannotReturn(EXCEEDS_PAID)
        return Part(index, amount, quantity)

    def _index(self, asked: AskedLine) -> int:
        named = [index for index, line in enumerate(self.lines) if index == asked.index or line.key == asked.key != ""]
        if len(named) != 1:
            raise CannotReturn(UNKNOWN_LINE)
        return named[0]
