"""A database with the three programmes that ship, their customers, and purchases that wait for evaluation.

A process of its own, because it needs Django: `python -m tests.bench.seeding CUSTOMERS PURCHASES`, each shared
evenly by the merchants. A fifth of the purchases is evaluated already, so that there is a history to look into and
the database knows its tables. Prints the API keys of the merchants as JSON.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice, zip_longest
from typing import TypeAlias

import django

django.setup()

import msgspec  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from referrals.models.merchants import Merchant  # noqa: E402
from referrals.services.api_keys import issue_api_key  # noqa: E402
from referrals.services.codes import issue_codes  # noqa: E402
from referrals.services.customers import Identity, find_or_create_customers  # noqa: E402
from rewards.services.checkout import refill_snapshots  # noqa: E402
from rewards.services.evaluation.run import evaluate_due  # noqa: E402
from rewards.services.intake import accept_purchases  # noqa: E402
from rewards.services.programmes.applying import apply_programme  # noqa: E402
from rewards.services.programmes.shipped import shipped_programme, shipped_slugs  # noqa: E402
from rewards.services.purchase_events import PurchaseEvent, read_purchase_event  # noqa: E402
from tests.bench.shopping import Crowd, customer_id, friends  # noqa: E402

Lists: TypeAlias = Iterator[Sequence[PurchaseEvent]]

LIST = 500
HISTORY = 5
"""One in so many purchases is evaluated already."""

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def seed(customers: int, purchases: int) -> dict[str, str]:
    """Fill the database, and return an API key of each merchant."""
    call_command("migrate", verbosity=0)
    slugs = shipped_slugs()
    for slug in slugs:
        apply_programme(programme=shipped_programme(slug), now=NOW)
    merchants = {slug: Merchant.objects.get(slug=slug) for slug in slugs}
    crowds = [Crowd(slug, customers // len(slugs), purchases // len(slugs)) for slug in slugs]
    lists = {crowd.merchant: _lists(crowd, _codes(merchants[crowd.merchant], crowd.customers)) for crowd in crowds}
    _accept(merchants, lists, purchases // len(slugs) // LIST // HISTORY)
    while evaluate_due(now=NOW):
        pass
    _accept(merchants, lists)
    while refill_snapshots(now=timezone.now()):
        pass  # As the sweep would have done by now.
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {slug: issue_api_key(merchant=merchant, name="Bench")[1] for slug, merchant in merchants.items()}


def _accept(merchants: Mapping[str, Merchant], lists: Mapping[str, Lists], turns: int | None = None) -> None:
    """Take in a list of each merchant in turn, as they would come in; all that there are if `turns` is None."""
    for lists_of_turn in islice(zip_longest(*lists.values()), turns):
        for slug, events in zip(lists, lists_of_turn, strict=True):
            accept_purchases(merchant=merchants[slug], source="api", events=events or [], now=NOW)


def _codes(merchant: Merchant, customers: int) -> dict[str, str]:
    """The code with which each friend comes."""
    identities = [Identity(customer_id(number)) for number in range(customers)]
    ids = find_or_create_customers(merchant=merchant, identities=identities, now=NOW)
    brought = friends(customers)
    hosts = {ids[host] for host in brought.values()}
    codes = issue_codes(merchant_id=merchant.pk, customer_ids=hosts, now=NOW) if hosts else {}
    return {guest: codes[ids[host]].code for guest, host in brought.items()}


def _lists(crowd: Crowd, codes: dict[str, str]) -> Lists:
    events = (read_purchase_event(event, currency="USD") for event in crowd.events(codes))
    while batch := list(islice(events, LIST)):
        yield batch


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.encode(seed(int(sys.argv[1]), int(sys.argv[2]))).decode())
