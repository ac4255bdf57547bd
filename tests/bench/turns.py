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
from rewards.selectors import credits_of  # noqa: E402
from rewards.services.evaluation.policies import policies_in_force  # noqa: E402
from rewards.services.evaluation.run import evaluate_due  # noqa: E402
from tests.bench.shopping import customer_id  # noqa: E402

MERCHANT = "acme-shop"


def main(customers: int) -> None:
    """Take turns until the input ends."""
    merchant = Merchant.objects.get(slug=MERCHANT)
    for each in Merchant.objects.all():
        policies_in_force(each.pk)
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
        done = 0
        while turn == "post" and done < int(count):
            claimed = evaluate_due(now=timezone.now())
            if not claimed:
                raise RuntimeError("There is nothing left to evaluate.")
            done += claimed
        print((time.perf_counter() - begin) / max(done, len(names)), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
