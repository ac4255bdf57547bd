"""Posting what is due, many at a time, so that no receiver keeps the others waiting.

The threads only post: rows are claimed and settled by the one that runs the loop, each in a transaction of its own, and
none of them is open while something is posted.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime
from operator import itemgetter

from config.lib.outbound import DEADLINE_SECONDS, Unreachable, post
from fulfillment.services.webhooks.attempts import (
    Attempt,
    Outcome,
    claim_attempts,
    endpoints_with_work,
    settle_attempt,
)

THREADS = 64
HEALTHY_MAX = 2
"""How many deliveries to one endpoint are under way at a time."""
FAILING_MAX = 1
FAILING_TOGETHER_MAX = THREADS // 2
"""Endpoints that failed last time share half of the threads, however many they are."""
LOOK_SECONDS = 0.25


def send_due(*, clock: Callable[[], datetime], seconds: float) -> int:
    """Try what is due until nothing is, or for a while.

    :param clock: what time it is; asked again for each step.
    :param seconds: after which nothing more is begun; what is under way is waited for, until its own deadline.
    :returns: how many attempts were made.
    """
    until, made = time.monotonic() + seconds, 0
    under_way: dict[Future[Outcome], Attempt] = {}
    with ThreadPoolExecutor(THREADS, thread_name_prefix="webhook") as threads:
        while True:
            if time.monotonic() < until:
                for attempt in _claim(under_way.values(), clock()):
                    under_way[threads.submit(_post, attempt)] = attempt
            if not under_way:
                return made
            done, _ = wait(under_way, timeout=LOOK_SECONDS, return_when=FIRST_COMPLETED)
            for each in done:
                settle_attempt(attempt=under_way.pop(each), outcome=each.result(), now=clock())
                made += 1


def _claim(under_way: Collection[Attempt], now: datetime) -> list[Attempt]:
    """What is begun now: a few deliveries to each endpoint, first to those that answered well last time."""
    busy = Counter(attempt.endpoint_id for attempt in under_way)
    due = endpoints_with_work(now=now)
    random.shuffle(due)
    failing = {endpoint_id for endpoint_id, is_failing in due if is_failing}
    free = THREADS - len(under_way)
    free_for_failing = FAILING_TOGETHER_MAX - sum(busy[endpoint_id] for endpoint_id in failing)
    claimed: list[Attempt] = []
    for endpoint_id, is_failing in sorted(due, key=itemgetter(1)):
        limit = (FAILING_MAX if is_failing else HEALTHY_MAX) - busy[endpoint_id]
        limit = min(limit, free, free_for_failing if is_failing else free)
        if limit > 0:
            taken = claim_attempts(endpoint_id=endpoint_id, limit=limit, now=now)
            claimed += taken
            free -= len(taken)
            free_for_failing -= len(taken) * is_failing
    return claimed


def _post(attempt: Attempt) -> Outcome:
    try:
        answer = post(attempt.url, body=attempt.body, headers=attempt.headers, deadline_seconds=DEADLINE_SECONDS)
    except Unreachable as error:
        return Outcome(error=error.code)
    return Outcome(answer.status, retry_after_seconds=answer.retry_after_seconds)
