"""What may be tried how often. A door counts with `config.lib.limits.take`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from config.lib.limits import Limit, take

GUESSES = (
    Limit("guesses-a-minute", tries=10, seconds=60),
    Limit("guesses-an-hour", tries=100, seconds=3600),
)
"""Codes that are none, from one place."""

JOINING = Limit("joining", tries=10, seconds=60)
"""Forms of joining a merchant, of one login."""

INVITING = Limit("inviting", tries=10, seconds=60)
"""Forms of invitations, of one customer; how many friends they invite in a day is counted by rows."""

SHARING = Limit("sharing", tries=30, seconds=60)
"""Shares that are told, of one customer."""


@dataclass(slots=True)
class Guess:
    """A look for a code. Whoever looks says whether it was one that they could not use."""

    is_wrong: bool = False


@contextmanager
def guessing(place: str) -> Iterator[Guess]:
    """Look for a code that somebody typed or followed: whoever tries too many that are none finds no more.

    Each look counts beforehand, so that those at the same moment see each other, and is given back if a code was
    found: many people may follow good links from one place. It stays counted if it was wrong, or if it raises.

    :param place: whence the code comes, as `place_of` tells it.
    :raises LimitReached: if too many were none.
    :raises NobodyCounts: while Redis is away.
    """
    tries = [take(limit, of=place) for limit in GUESSES]
    guess = Guess()
    yield guess
    if not guess.is_wrong:
        for each in tries:
            each.give_back()
