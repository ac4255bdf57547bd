"""A process that works on one database turn by turn, so that two databases can be measured side by side.

For each line on its standard input it prints the seconds that the turn took: `read N` reads the credits of N
customers from PostgreSQL, `post N` evaluates N purchases.
"""

import random
import sys
import time

import django

django.setup()

from django.utils import timezone  # noqa: E402

from config.celery import leave_imports_to_rest  # noqa: E402
from referrals.models.merchants import Merchant  # noqa: E402
from rewards.selectors.credits import credits_of  # noqa: E402
from rewards.services.evaluation.policies import policies_in_force  # noqa: E402
from rewards.services.evaluation.queue import shards_with_work  # noqa: E402
from rewards.services.evaluation.run import evaluate_batch  # noqa: E402
from tests.bench.shopping import customer_id  # noqa: E402

MERCHANT = "acme-shop"


def main(customers: int) -> None:
    """Take turns until the input ends."""
    merchant = Merchant.objects.get(slug=MERCHANT)
    for each in Merchant.objects.all():
        policies_in_force(each.pk, timezone.now())
    leave_imports_to_rest()
    chance = random.Random(customers)
    print("ready", flush=True)
    for line in sys.stdin:
        turn, count = line.split()
        names = [customer_id(chance.randrange(customers)) for _ in range(int(count))] if turn == "read" else []
        begin = time.perf_counter()
        for name in names:
            if credits_of(merchant_id=merchant.pk, reference=name, now=timezone.now()) is None:
                raise LookupError(name)
        done = evaluate(int(count)) if turn == "post" else 0
        print((time.perf_counter() - begin) / max(done, len(names)), flush=True)


def evaluate(count: int) -> int:
    """Evaluate so many purchases at least, batch by batch; how many they were is returned."""
    done = 0
    while done < count:
        now = timezone.now()
        merchant_id, shard, _ = shards_with_work(now)[0]
        done += evaluate_batch(merchant_id=merchant_id, shard=shard, now=now)
    return done


if __name__ == "__main__":
    main(int(sys.argv[1]))
