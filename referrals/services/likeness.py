"""How much the names and addresses of two people are alike."""

import re
import unicodedata
from difflib import SequenceMatcher

from disposable_email_domains import blocklist

from config.lib.mailboxes import mailbox_of

ALIKE = 0.9
"""From where two texts differ by no more than a slip of the pen; 1 is the same."""

SHORTEST = 5
"""Fewer letters are alike by chance."""

_NOT_A_LETTER = re.compile(r"[^\w]|[\d_]")


def same_name(one: str, other: str) -> bool:
    """Whether two full names are the same, whatever their case, accents, spaces and order."""
    return _plain(one) != "" and sorted(_words(one)) == sorted(_words(other)) and len(_words(one)) > 1


def similar_name(one: str, other: str) -> bool:
    """Whether two full names differ by little; a family shares a surname, and that alone is not similar."""
    return len(_words(one)) > 1 and len(_words(other)) > 1 and _alike(_plain(one), _plain(other))


def similar_email(one: str, other: str) -> bool:
    """Whether the names of two mailboxes differ by little, or by figures and signs only."""
    return _alike(_plain(mailbox_of(one).rpartition("@")[0]), _plain(mailbox_of(other).rpartition("@")[0]))


def is_disposable(email: str) -> bool:
    """Whether an address is of a service that throws its mailboxes away."""
    parts = mailbox_of(email).rpartition("@")[2].split(".")
    return any(".".join(parts[start:]) in blocklist for start in range(len(parts) - 1))


def _words(text: str) -> list[str]:
    bare = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in bare if not unicodedata.combining(each))
    return [word for word in (_NOT_A_LETTER.sub("", part) for part in re.split(r"[\s._-]+", letters)) if word]


def _plain(text: str) -> str:
    return "".join(sorted(_words(text))) if " " in text else "".join(_words(text))


def _alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < SHORTEST:
        return False
    return one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE
