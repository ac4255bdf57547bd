"""One person with two accounts: what the one has, and what it owes, is the other's."""

from credits.services.book import Book
from credits.services.transfers import move_points

REASON = "merged"


def level_accounts(*, book: Book, survivor_id: int, merged_id: int) -> int:
    """Move what the merged customer can spend to the survivor, and let the survivor repay what the other owes.

    What is pending or held becomes spendable later, and is moved then. Points keep their expiry.

    :param book: in which the accounts of both are open.
    :returns: how many points came to the survivor; below zero if they repaid.
    """
    merged, survivor = book.accounts[merged_id], book.accounts[survivor_id]
    if merged.available:
        moved = merged.available
        move_points(book, merged, survivor, moved, _key(merged.id, merged.event_sequence), REASON)
        return moved
    owed = min(merged.owed, survivor.available)
    if owed:
        move_points(book, survivor, merged, owed, _key(merged.id, merged.event_sequence), REASON)
    return -owed


def _key(account_id: int, sequence: int) -> str:
    """Each movement has its name: the account's next event, which no other movement can have."""
    return f"merged:{account_id}:{sequence}"
