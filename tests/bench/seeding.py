"""A database with the three programmes that ship, their customers, and purchases that wait for evaluation.

A process of its own, because it needs Django: `python -m tests.bench.seeding CUSTOMERS PURCHASES`, each shared
evenly by the merchants. Prints the API keys of the merchants as JSON.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

import django

django.setup()

import msgspec  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from referrals.models.merchants import Merchant  # noqa: E402
from referrals.services.api_keys import issue_api_key  # noqa: E402
from referrals.services.codes import issue_codes  # noqa: E402
from referrals.services.customers import Identity, find_or_create_customers  # noqa: E402
from rewards.services.intake import accept_purchases  # noqa: E402
from rewards.services.programmes.applying import apply_programme  # noqa: E402
from rewards.services.programmes.shipped import shipped_programme, shipped_slugs  # noqa: E402
from rewards.services.purchase_events import PurchaseEvent, read_purchase_event  # noqa: E402
from tests.bench.shopping import Crowd, customer_id, friends  # noqa: E402

LIST = 500
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def seed(customers: int, purchases: int) -> dict[str, str]:
    """Fill the database, and return an API key of each merchant."""
    call_command("migrate", verbosity=0)
    slugs = shipped_slugs()
    for slug in slugs:
        apply_programme(programme=shipped_programme(slug), now=NOW)
    crowds = [Crowd(slug, customers // len(slugs), purchases // len(slugs)) for slug in slugs]
    merchants = {crowd.merchant: Merchant.objects.get(slug=crowd.merchant) for crowd in crowds}
    waiting = [(crowd.merchant, _lists(crowd, _codes(merchants[crowd.merchant], crowd.customers))) for crowd in crowds]
    while waiting:  # In turn, as they would come in.
        for slug, lists in list(waiting):
            if events := next(lists, None):
                accept_purchases(merchant=merchants[slug], source="api", events=events, now=NOW)
            else:
                waiting.remove((slug, lists))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {slug: issue_api_key(merchant=merchant, name="Bench")[1] for slug, merchant in merchants.items()}


def _codes(merchant: Merchant, customers: int) -> dict[str, str]:
    """The code with which each friend comes."""
    identities = [Identity(customer_id(number)) for number in range(customers)]
    ids = find_or_create_customers(merchant=merchant, identities=identities, now=NOW)
    brought = friends(customers)
    hosts = {ids[host] for host in brought.values()}
    codes = issue_codes(merchant_id=merchant.pk, customer_ids=hosts, now=NOW) if hosts else {}
    return {guest: codes[ids[host]].code for guest, host in brought.items()}


def _lists(crowd: Crowd, codes: dict[str, str]) -> Iterator[Sequence[PurchaseEvent]]:
    events = (read_purchase_event(event, currency="USD") for event in crowd.events(codes))
    while batch := list(islice(events, LIST)):
        yield batch


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.encode(seed(int(sys.argv[1]), int(sys.argv[2]))).decode())
