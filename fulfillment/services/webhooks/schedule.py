"""When a delivery is tried again, and when it is given up."""

import random
from datetime import datetime, timedelta

WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400))
"""The waits between ten attempts: together 75 hours and 35 minutes, as Standard Webhooks proposes."""
JITTER = 0.1
WAIT_MAX = timedelta(days=1)


def next_attempt(*, attempts: int, retry_after_seconds: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` that failed; None: not at all.

    Up to a tenth is added at random, so that what failed together does not come back together. A receiver may ask
    for more time, up to a day.
    """
    if attempts > len(WAITS):
        return None
    wait = WAITS[attempts - 1] * (1 + JITTER * random.random())  # noqa: S311 - nobody gains by guessing it
    return now + max(wait, min(timedelta(seconds=retry_after_seconds), WAIT_MAX))
