"""What the ledger should be, in plain Python: the model that the property tests compare it with."""

from dataclasses import dataclass, field


@dataclass
class Lot:
    """Days count from the beginning; `active` None waits for a cause, `end` None never comes."""

    points: int
    left: int
    earned: int
    active: int | None
    end: int | None
    held: int = 0
    taken_back: bool = False

    def is_spendable(self, day):
        return self.left > self.held and self.active is not None and self.active <= day and not self.has_ended(day)

    def has_ended(self, day):
        return self.end is not None and self.end <= day


@dataclass
class Account:
    """One customer's points."""

    lots: list[Lot] = field(default_factory=list)
    owed: int = 0
    holds: dict[str, tuple[int, list[tuple[Lot, int]]]] = field(default_factory=dict)

    def settle(self, day):
        """What has come true by this day: holds end, points lapse, a debt is repaid from what can be spent."""
        for key in [key for key, (end, _) in self.holds.items() if end <= day]:
            self.unhold(key)
        for lot in self.lots:
            if lot.has_ended(day):
                lot.left = lot.held
        self.repay(day)

    def repay(self, day):
        for lot, part in self.draw(min(self.owed, self.available(day)), day):
            lot.left -= part
            self.owed -= part

    def available(self, day):
        return sum(lot.left - lot.held for lot in self.lots if lot.is_spendable(day))

    def pending(self, day):
        waiting = [lot for lot in self.lots if not lot.has_ended(day) and (lot.active is None or lot.active > day)]
        return sum(lot.left for lot in waiting)

    def held(self):
        return sum(lot.held for lot in self.lots)

    def draw(self, points, day, besides=None):
        """Which lots give as many points: what ends soonest first, then what was earned first."""
        spendable = [lot for lot in self.lots if lot.is_spendable(day) and lot is not besides]
        drawn = []
        for lot in sorted(spendable, key=lambda lot: (lot.end is None, lot.end, lot.earned)):
            if part := min(points, lot.left - lot.held):
                drawn.append((lot, part))
                points -= part
        return drawn

    def unhold(self, key):
        for lot, part in self.holds.pop(key)[1]:
            lot.held -= part
