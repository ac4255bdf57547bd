"""Purchases that keep coming in, and what they must have earned when all is done, counted in plain Python."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from django.db import connection

from tests.concurrency.processes import nudge_workers
from tests.concurrency.trade import MILESTONES, POINTS_A_FRIENDS_PURCHASE

FRIENDS = 5


class Stream:
    """Purchases of the friends of "alice", of random amounts and with repetitions; the same seed gives the same."""

    def __init__(self, shop, *, purchases, seed):
        self.shop = shop
        self.code = shop.referrer("alice")
        self.totals = {}
        self.random = random.Random(seed)
        self.events = [self._event(number) for number in range(purchases)]
        self.random.shuffle(self.events)

    def deliver(self, pause=lambda: None):
        """Deliver everything, in lists of up to 20, each with a nudge; every list has something of the one before."""
        start = 0
        while start < len(self.events):
            size = self.random.randint(1, 20)
            self.shop.accept(*self.events[max(0, start - 4) : start + size])
            nudge_workers()
            start += size
            pause()

    @contextmanager
    def flowing(self, *, pace=0.05):
        """Deliver a list every `pace` seconds while something else is done, and what is left at once afterwards."""
        hurry = Event()

        def deliver():
            try:
                self.deliver(pause=lambda: hurry.wait(pace))
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as thread:
            delivery = thread.submit(deliver)
            try:
                yield
            finally:
                hurry.set()
            delivery.result()

    def expected(self):
        """The points of each customer, by plain counting."""
        friends = {friend: sum(total // 100 for total in totals) for friend, totals in self.totals.items()}
        return {**friends, "alice": len(self.events) * POINTS_A_FRIENDS_PURCHASE}

    def expected_meals(self):
        """The milestones of all friends."""
        return sorted(at for totals in self.totals.values() for at in MILESTONES if len(totals) >= at)

    def found(self):
        """The points that customers have."""
        return {customer: self.shop.points(customer) for customer in self.expected()}

    def _event(self, number):
        friend, total = f"friend-{self.random.randrange(FRIENDS)}", self.random.randint(0, 9999)
        self.totals.setdefault(friend, []).append(total)
        return self.shop.event(number, customer=friend, total=total, referral_code=self.code)
