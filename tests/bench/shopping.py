"""What the customers of the three programmes buy: the same events for the same numbers, as dicts for JSON."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

CATEGORIES = {
    "acme-shop": ("electronics", "fashion", "home", "toys", "books"),
    "farmacy-food": ("meals", "meals", "meals", "drinks"),
    "rs-systems": ("repairs", "parts"),
}
LINES = (1, 1, 1, 2, 2, 3)
FRIENDS_AMONG = 3
"""Every third customer was brought by a friend."""

BEGIN = datetime(2026, 9, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Crowd:
    """The customers of one merchant: how many, and how much they buy together."""

    merchant: str
    customers: int
    purchases: int

    def events(self, codes: Mapping[str, str], *, batch: str = "a") -> Iterator[dict[str, Any]]:
        """Purchases in the order of time. Everybody buys once or more, few buy often.

        :param codes: the referral code with which each friend comes, by customer id; their first purchase carries it.
        :param batch: makes the ids of these events and orders other than those of another batch.
        """
        rng = random.Random(f"{self.merchant} {batch}")
        weights = [1 / (rank + 10) for rank in range(self.customers)]
        rng.shuffle(weights)
        everybody = list(range(self.customers))
        frequent = rng.choices(everybody, weights, k=max(0, self.purchases - self.customers))
        buyers = everybody[: self.purchases] + frequent
        rng.shuffle(buyers)
        brought = dict(codes)
        for number, buyer in enumerate(buyers):
            yield self._event(rng, f"{batch}{number}", number, customer_id(buyer), brought)

    def _event(
        self, rng: random.Random, name: str, number: int, customer: str, brought: dict[str, str]
    ) -> dict[str, Any]:
        lines = [_line(rng, self.merchant) for _ in range(rng.choice(LINES))]
        occurred_at = BEGIN + timedelta(days=60) * number / self.purchases
        return {
            "event_id": f"event-{name}",
            "order_id": f"order-{name}",
            "occurred_at": occurred_at.isoformat(),
            "currency": "USD",
            "total": sum(line["quantity"] * line["unit_price"] for line in lines),
            "customer": {"id": customer},
            "items": lines,
            "referral_code": brought.pop(customer, None),
        }


def customer_id(number: int) -> str:
    """The merchant's id of a customer."""
    return f"customer-{number}"


def friends(customers: int) -> dict[str, str]:
    """Who was brought, and by whom, as customer ids; few bring many."""
    rng = random.Random(customers)
    hosts = [number for number in range(customers) if number % FRIENDS_AMONG]
    weights = [1 / (rank + 10) for rank in range(len(hosts))]
    guests = range(0, customers, FRIENDS_AMONG)
    return {
        customer_id(guest): customer_id(host)
        for guest, host in zip(guests, rng.choices(hosts, weights, k=len(guests)), strict=True)
    }


def _line(rng: random.Random, merchant: str) -> dict[str, Any]:
    category = rng.choice(CATEGORIES[merchant])
    article = rng.randrange(200)
    return {
        "sku": f"{category}-{article}",
        "name": f"{category.capitalize()} No. {article}",
        "category": category,
        "quantity": rng.choice((1, 1, 1, 2, 3)),
        "unit_price": rng.randrange(500, 15_000, 5),
    }
