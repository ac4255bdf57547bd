"""After the terms of tiers have changed: who reaches more by the new ones rises, and every tier has its review."""

from datetime import datetime

from django.db import connection, transaction

from credits.models.wallets import TierWindow
from credits.selectors.terms import WalletTerms, default_wallet_terms
from credits.selectors.tiers import review_date
from credits.services.opening import open_book
from referrals.models.merchants import Merchant

CHUNK = 500


def realign_tiers(*, merchant: Merchant, now: datetime) -> None:
    """Bring the customers of a merchant's default wallet into line with its terms.

    Nobody falls: whoever had their tier by other terms keeps it for a whole term of the new ones, until the review.
    Done in chunks, each in a transaction of its own; again, it goes on where it stopped.
    """
    terms = default_wallet_terms(merchant=merchant)
    last_id = 0
    while customers := _candidates(terms, last_id):
        last_id = max(customers)
        _realign(terms, list(customers.values()), now)


def _candidates(terms: WalletTerms, last_id: int) -> dict[int, int]:
    """The next accounts, with their customers, that may be in a tier too low, or lack a review.

    Nothing in a window is more than the sums of a lifetime, so these tell who need not be looked at.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT account.id, account.customer_id
            FROM credits_account AS account LEFT JOIN credits_tier AS tier ON tier.id = account.tier_id
            WHERE account.wallet_id = %s AND account.id > %s AND (
                (%s AND account.tier_review_at IS NULL
                    AND greatest(tier.min_spend, tier.min_orders, tier.min_points) > 0)
                OR EXISTS (
                    SELECT FROM credits_tier AS higher
                    WHERE higher.wallet_id = account.wallet_id AND higher.rank > coalesce(tier.rank, -1)
                        AND higher.min_spend <= account.qualifying_spend
                        AND higher.min_orders <= account.qualifying_orders
                        AND higher.min_points <= account.qualifying_points))
            ORDER BY account.id LIMIT %s
            """,
            [terms.wallet_id, last_id, terms.tier_window != TierWindow.LIFETIME, CHUNK],
        )
        return dict(cursor.fetchall())


@transaction.atomic
def _realign(terms: WalletTerms, customer_ids: list[int], now: datetime) -> None:
    book = open_book(terms=terms, customer_ids=customer_ids, now=now)
    for customer_id, account in book.accounts.items():
        book.lift_tier(customer_id, evaluation_id=None, occurred_at=now)
        tier = book.tier_of(account.tier_id)
        if tier is not None and account.tier_review_at is None:
            account.touched = True
            account.tier_review_at = review_date(terms, tier=tier, since=now, after=now)
    book.write()
