"""To which mailbox an e-mail address leads: many spellings of an address are one person's."""

import unicodedata

from config.lib.encryption import keyed_hash

SAME_DOMAIN = {
    "googlemail.com": "gmail.com",
    "pm.me": "proton.me",
    "protonmail.com": "proton.me",
    "protonmail.ch": "proton.me",
    "me.com": "icloud.com",
    "mac.com": "icloud.com",
    "ya.ru": "yandex.ru",
    "yandex.com": "yandex.ru",
}
"""Domains of one service that share their mailboxes."""

DOTLESS = frozenset({"gmail.com"})
"""Where dots in the name do not count."""

PUNCTUATION_LESS = frozenset({"proton.me"})
"""Where neither dots nor hyphens nor underscores count."""

HYPHENATED = frozenset({"yahoo.com", "ymail.com", "rocketmail.com"})
"""Where what follows a hyphen is a tag of the owner's."""


def mailbox_of(email: str) -> str:
    """An address without what leads to no other mailbox: case, tags after a plus, and what its service ignores.

    Empty for what is no address. Where a service's rules are not known, only the plus is taken for a tag.
    """
    folded = unicodedata.normalize("NFKC", email).strip().casefold()
    name, _, domain = folded.rpartition("@")
    domain = domain.rstrip(".")
    domain = SAME_DOMAIN.get(domain, domain)
    plain = name.partition("+")[0]
    if domain in HYPHENATED:
        plain = plain.partition("-")[0]
    if domain in DOTLESS:
        plain = plain.replace(".", "")
    elif domain in PUNCTUATION_LESS:
        plain = plain.translate(dict.fromkeys(map(ord, ".-_")))
    return f"{plain or name}@{domain}" if name and domain else ""


def mailbox_hash(email: str) -> bytes | None:
    """A keyed hash of the mailbox (32 bytes), or None if there is none."""
    mailbox = mailbox_of(email)
    return keyed_hash(f"mailbox:{mailbox}".encode()) if mailbox else None
