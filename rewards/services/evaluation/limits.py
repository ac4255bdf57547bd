"""What customers have used of policies' limits, under the locks on their accounts."""

from collections.abc import Collection
from dataclasses import dataclass, field

from config.lib.bulk import execute_rows
from rewards.models.counters import LimitUse

Key = tuple[int, int, str]


@dataclass(slots=True)
class LimitUses:
    """(times, points) used, by policy, customer and period."""

    values: dict[Key, tuple[int, int]]
    moved: set[Key] = field(default_factory=set)

    def use(self, key: Key, points: int, times: int = 1) -> None:
        """Count one more award (or, with negative numbers, one that was taken back)."""
        used_times, used_points = self.values.get(key, (0, 0))
        self.values[key] = (max(0, used_times + times), max(0, used_points + points))
        self.moved.add(key)

    def write(self) -> None:
        """Write the uses that moved."""
        execute_rows(
            """
            INSERT INTO rewards_limituse (policy_id, customer_id, period, times, points)
            SELECT policy_id, customer_id, period, times, points
            FROM json_to_recordset(%s)
                AS used (policy_id bigint, customer_id bigint, period text, times bigint, points bigint)
            ON CONFLICT (policy_id, customer_id, period) DO UPDATE SET times = EXCLUDED.times, points = EXCLUDED.points
            """,
            [
                {
                    "policy_id": key[0],
                    "customer_id": key[1],
                    "period": key[2],
                    "times": self.values[key][0],
                    "points": self.values[key][1],
                }
                for key in self.moved
            ],
        )


def load_limit_uses(keys: Collection[Key]) -> LimitUses:
    """Read what was used; call it with the accounts of these customers locked."""
    return read_limit_uses({key[0] for key in keys}, {key[1] for key in keys}, {key[2] for key in keys})


def read_limit_uses(policies: Collection[int], customers: Collection[int], periods: Collection[str]) -> LimitUses:
    """Read what each of these customers used of each of these policies in each of these periods."""
    if not (policies and customers and periods):
        return LimitUses({})
    rows = LimitUse.objects.filter(policy_id__in=policies, customer_id__in=customers, period__in=periods)
    return LimitUses(
        {
            (policy_id, customer_id, period): (times, points)
            for policy_id, customer_id, period, times, points in rows.values_list(
                "policy_id", "customer_id", "period", "times", "points"
            )
        }
    )
