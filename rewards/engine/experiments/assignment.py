"""Who gets which variant of an experiment: computed from ids and a salt, so that nothing has to be stored.

A customer's place is a keyed hash of their id, from 0 to 9,999. The same hash is computed in SQL where an experiment is
measured (`rewards/selectors/measuring.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from itertools import accumulate

import msgspec

from rewards.engine.shares import apportion

PLACES = 10_000

HELD_OUT = "held_out"
ANOTHER_VARIANT = "another_variant"

CONTROL = 0
"""The first variant is what the others are compared with."""


class Round(msgspec.Struct, frozen=True):
    """From a moment on, so many of the 10,000 places go to each variant; another round shuffles the places anew."""

    number: int
    starts_at: datetime
    shares: tuple[int, ...]


class Trial(msgspec.Struct, frozen=True):
    """An experiment as the policies that it names see it.

    `policies` are the ids of the variants' policies, 0 for none. Whoever is `held_out` (places of the merchant's own
    hash, the same in all of its experiments) gets none of them, ever. Before the first round everybody is in the
    control, and from `stopped_at` in the variant `winner`.
    """

    code: str
    salt: str
    holdout_salt: str
    held_out: int
    policies: tuple[int, ...]
    rounds: tuple[Round, ...]
    stopped_at: datetime | None = None
    winner: int = CONTROL

    def refuses(self, policy_id: int, customer_id: int, at: datetime) -> str:
        """Why a customer does not get a policy of this experiment at a moment; empty if they do."""
        if place_of(self.holdout_salt, customer_id) < self.held_out:
            return HELD_OUT
        return "" if self.policies[self.variant_of(customer_id, at)] == policy_id else ANOTHER_VARIANT

    def variant_of(self, customer_id: int, at: datetime) -> int:
        """The number of the variant in which a customer is at a moment, if they are not held out."""
        if self.stopped_at is not None and at >= self.stopped_at:
            return self.winner
        running = [each for each in self.rounds if each.starts_at <= at]
        if not running:
            return CONTROL
        latest = max(running, key=lambda each: each.number)
        place = place_of(salt_of(self.salt, latest.number), customer_id)
        return next(number for number, end in enumerate(accumulate(latest.shares)) if place < end)


def salt_of(salt: str, number: int) -> str:
    """The salt of one round of an experiment."""
    return f"{salt}/{number}"


def place_of(salt: str, customer_id: int) -> int:
    """A customer's place under a salt, from 0 to 9,999; every place is equally likely."""
    return int.from_bytes(sha256(f"{salt}:{customer_id}".encode()).digest()[:4]) % PLACES


def shared_out(weights: Sequence[int]) -> tuple[int, ...]:
    """So many of the 10,000 places for each weight, in proportion to it; all of them."""
    return apportion(PLACES, weights)
