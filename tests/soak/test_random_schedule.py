"""Everything at once, in random order: purchases, refunds, registrations, codes and evaluation."""

import random
import time
from collections import Counter
from datetime import UTC, datetime
from functools import partial

import pytest
from django.utils import timezone

from referrals.models import Customer, Purchase, Referral, ReferralCode
from referrals.services.codes import issue_code
from tests.concurrency.together import at_once
from tests.concurrency.trade import POINTS_A_FRIENDS_PURCHASE

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
SECONDS = 120
HANDS = 6
PURCHASES = 2000
FRIENDS = [f"friend-{number}" for number in range(20)]


class Market:
    """What the hands do, each as its own chance has it."""

    def __init__(self, shop, seed):
        self.shop, self.seed = shop, seed
        self.code = shop.referrer("alice")
        plan = random.Random(seed)
        self.purchases = [(number, plan.choice(FRIENDS), plan.randint(0, 9999)) for number in range(PURCHASES)]
        self.done = Counter()
        for friend in FRIENDS:
            shop.enrol(friend, code=self.code)
        self.until = time.monotonic() + SECONDS

    def hand(self, number):
        chance = random.Random(self.seed + number)
        while time.monotonic() < self.until:
            action = chance.choice([self.buy, self.buy, self.refund, self.register, self.ask_for_code])
            action(chance)
            self.done[action.__name__] += 1

    def buy(self, chance):
        picked = chance.sample(self.purchases, chance.randint(1, 30))
        events = [self.shop.event(n, customer=c, total=total, occurred_at=MORNING) for n, c, total in picked]
        self.shop.accept(*events, source=chance.choice(["api", "shopify"]))

    def refund(self, chance):
        number = chance.randrange(0, PURCHASES, 3)
        if self._bought().filter(order_id=f"order-{number}").exists():
            self.shop.refund(number, f"refund-{number}")

    def register(self, chance):
        self.shop.enrol(chance.choice(FRIENDS), code=self.code)

    def ask_for_code(self, chance):
        issue_code(customer=Customer.objects.get(external_id=chance.choice(FRIENDS)), now=timezone.now())

    def evaluate(self, evaluators):
        chance = random.Random(self.seed)
        while time.monotonic() < self.until:
            evaluators.work(size=chance.randint(1, 50))
            self.done["evaluate"] += 1

    def standing(self):
        """The customer and the total of each purchase that was made and not paid back."""
        made = set(self._bought().filter(refunds=None).values_list("order_id", flat=True))
        return [(customer, total) for number, customer, total in self.purchases if f"order-{number}" in made]

    def _bought(self):
        return Purchase.objects.filter(merchant=self.shop.merchant)


def test_a_random_schedule_ends_as_plain_counting_says(shop, evaluators, seed, capsys):
    market = Market(shop, seed)
    at_once(partial(market.evaluate, evaluators), *[partial(market.hand, number) for number in range(HANDS)])
    evaluators.work(size=50)
    standing = market.standing()
    for friend in FRIENDS:
        assert shop.points(friend) == sum(total // 100 for customer, total in standing if customer == friend)
    assert shop.points("alice") == POINTS_A_FRIENDS_PURCHASE * len(standing)
    assert Referral.objects.count() == len(FRIENDS)
    assert ReferralCode.objects.filter(retired_at=None).count() <= len(FRIENDS) + 1
    with capsys.disabled():
        print(f"\nseed {seed}: {dict(market.done)}; {len(standing)} of {PURCHASES} purchases stand, all exact")
