"""What a measurement is: a figure, its yardstick, and the goal for their ratio."""

from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True)
class Measurement:
    """Figures and yardsticks taken in turn; what counts is the median of their ratios, pair by pair."""

    name: str
    unit: str
    figures: list[float]
    yardstick: str
    yardsticks: list[float]
    goal: float | None
    at_most: bool = False
    remark: str = ""

    @property
    def ratio(self) -> float:
        """The median ratio of a figure to the yardstick that was taken beside it."""
        return median(figure / beside for figure, beside in zip(self.figures, self.yardsticks, strict=True))

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        if self.goal is None:
            return None
        return self.ratio <= self.goal if self.at_most else self.ratio >= self.goal

    def row(self) -> list[str]:
        """The cells of the report's table."""
        spread = f"{min(self.figures):,.0f} to {max(self.figures):,.0f}"
        sign = "≤" if self.at_most else "≥"
        goal = "–" if self.goal is None else f"{sign} {self.goal:g}"
        met = {True: "met", False: "MISSED", None: ""}[self.is_met]
        beside = f"{self.yardstick} {median(self.yardsticks):,.0f}"
        return [self.name, f"{median(self.figures):,.0f}", self.unit, spread, beside, f"{self.ratio:.2f}", goal, met]

    def as_json(self) -> dict[str, object]:
        """The same for a file."""
        return {**asdict(self), "ratio": self.ratio, "is_met": self.is_met}


HEADINGS = ["measurement", "median", "unit", "spread", "yardstick (median)", "ratio", "goal", ""]


def table(measurements: list[Measurement]) -> str:
    """The report, as text."""
    rows = [HEADINGS, *[measurement.row() for measurement in measurements]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    remarks = [f"{measurement.name}: {measurement.remark}" for measurement in measurements if measurement.remark]
    return "\n".join([*lines, "", *remarks])
