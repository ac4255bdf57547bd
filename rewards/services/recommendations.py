"""Learning what to recommend, from what customers redeemed: nothing of what is kept names anybody."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter

from django.db import connection, transaction

from rewards.engine.recommending import learn
from rewards.models.recommendations import OptionAffinity, OptionPopularity
from rewards.models.takings import Taking

LOOKED_BACK_DAYS = 365
ROWS_AT_ONCE = 2_000


def learn_recommendations(*, merchant_id: int, now: datetime) -> int:
    """Learn anew which reward options a merchant's customers choose, and which they choose together.

    What counts is what they chose themselves within a year, granted options do not, and what they gave back does not.

    :returns: how many options have been chosen.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('recommendations', %s))", [merchant_id])
        chosen, affinities = learn(_choices(merchant_id, now - timedelta(days=LOOKED_BACK_DAYS)))
        for model in (OptionAffinity, OptionPopularity):
            model.objects.filter(merchant=merchant_id).delete()
        OptionPopularity.objects.bulk_create(
            OptionPopularity(merchant_id=merchant_id, option_id=option, customers=customers)
            for option, customers in sorted(chosen.items())
        )
        OptionAffinity.objects.bulk_create(
            (
                OptionAffinity(
                    merchant_id=merchant_id,
                    option_id=each.item,
                    other_id=each.other,
                    customers=each.customers,
                    strength=each.strength,
                )
                for each in affinities
            ),
            batch_size=ROWS_AT_ONCE,
        )
    return len(chosen)


def _choices(merchant_id: int, since: datetime) -> Iterator[set[int]]:
    """What each customer chose, read piece by piece."""
    takings = Taking.objects.filter(
        merchant=merchant_id, is_granted=False, given_back_at__isnull=True, taken_at__gte=since
    )
    pairs = takings.order_by("customer_id").values_list("customer_id", "option_id")
    for _, of_one in groupby(pairs.iterator(chunk_size=ROWS_AT_ONCE), key=itemgetter(0)):
        yield {option for _, option in of_one}
