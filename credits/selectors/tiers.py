"""Reading tiers: what counts towards one and since when, when it is looked at again, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import QuerySet

from config.lib.dates import add_months, end_of_day, end_of_year, year_before
from config.lib.prepared import execute_prepared
from credits.models.accounts import Account
from credits.models.tiers import TierMove
from credits.models.wallets import TierWindow
from credits.selectors.terms import TierTerms, WalletTerms

INSTANT = timedelta(microseconds=1)
"""The finest difference that the database knows between two moments."""


class Claims(NamedTuple):
    """What counts towards a tier, or what is missing; spend in minor units."""

    spend: int = 0
    orders: int = 0
    points: int = 0

    def missing_for(self, tier: TierTerms) -> "Claims":
        """What must be added to reach a tier."""
        return Claims(
            max(0, tier.min_spend - self.spend),
            max(0, tier.min_orders - self.orders),
            max(0, tier.min_points - self.points),
        )


def window_opens(terms: WalletTerms, now: datetime) -> datetime | None:
    """What is dated after this moment counts towards a tier at `now`; None: all does.

    What is dated a little in the future counts as well: a shop's clock may be ahead of ours.
    """
    if terms.tier_window == TierWindow.ROLLING_YEAR:
        return year_before(now, terms.zone)
    if terms.tier_window == TierWindow.CALENDAR_YEAR:
        return _year_opens(now.astimezone(terms.zone).year, terms)
    return None


def review_opens(terms: WalletTerms, review_at: datetime) -> datetime | None:
    """What is dated after this moment counts at a review of this date; None: all does.

    A calendar year is reviewed when it is over. The end of the window is open: what comes in the days of grace may
    still make good what was missing.
    """
    if terms.tier_window == TierWindow.CALENDAR_YEAR:
        return _year_opens(review_at.astimezone(terms.zone).year - 1, terms)
    return window_opens(terms, review_at)


def review_date(terms: WalletTerms, *, tier: TierTerms, since: datetime, after: datetime) -> datetime | None:
    """The first date after `after` on which it is looked whether a tier that was reached at `since` is kept.

    Twelve months later at the end of the day, and at each anniversary; or at the end of the next calendar year, and
    of each that follows. None for a tier that cannot be lost, or that counts for a lifetime.
    """
    if tier.asks_for_nothing or terms.tier_window == TierWindow.LIFETIME:
        return None
    day, years = since.astimezone(terms.zone).date(), after.astimezone(terms.zone).year
    if terms.tier_window == TierWindow.CALENDAR_YEAR:
        return end_of_year(max(day.year + 1, years), terms.zone).astimezone(UTC)
    first = max(1, years - day.year)
    dates = (end_of_day(add_months(day, 12 * number), terms.zone) for number in (first, first + 1))
    return next(date for date in dates if date > after).astimezone(UTC)


def claims_after(opens: Mapping[int, datetime | None]) -> dict[int, Claims]:
    """What accounts claim in dated rows, in one statement.

    :param opens: by account, the moment after which it counts; None: all counts.
    """
    rows = execute_prepared(
        """
        SELECT wanted.account_id, claims.* FROM unnest(%s::bigint[], %s::timestamptz[]) AS wanted (account_id, opens),
            LATERAL (
                SELECT coalesce(sum(spend), 0)::bigint, coalesce(sum(orders), 0)::bigint,
                    coalesce(sum(points), 0)::bigint
                FROM credits_qualifyingamount AS amount
                WHERE amount.account_id = wanted.account_id
                    AND amount.occurred_at > coalesce(wanted.opens, '-infinity')
            ) AS claims
        """,
        [list(opens), list(opens.values())],
    )
    return {account_id: Claims(*sums) for account_id, *sums in rows}


@dataclass(frozen=True, slots=True)
class TierProgress:
    """How far a customer is towards the next tier, and what keeps them in theirs.

    `tier_anniversary` is when their tier began. `missing_to_keep` says what the next review would miss if it were
    now; `is_expiring`, that they were warned and have until `review_at`.
    """

    tier: TierTerms | None
    tier_anniversary: datetime | None
    claims: Claims
    next_tier: TierTerms | None
    missing: Claims
    review_at: datetime | None
    locked_until: datetime | None
    is_expiring: bool
    missing_to_keep: Claims


def tier_progress(*, terms: WalletTerms, account: Account | None, now: datetime) -> TierProgress:
    """A customer's way through the tiers at `now`; somebody without an account stands at the beginning."""
    account = account or Account()
    tier = terms.tiers_by_id.get(account.tier_id) or (terms.tiers[0] if terms.tiers else None)
    claims = _claims(account, window_opens(terms, now))
    next_tier = next((each for each in terms.tiers if tier is not None and each.rank > tier.rank), None)
    is_locked = account.tier_locked_until is not None and account.tier_locked_until > now
    missing_to_keep = Claims()
    if tier is not None and account.tier_review_at is not None:
        reviewed = review_opens(terms, account.tier_warned_at or account.tier_review_at)
        missing_to_keep = _claims(account, reviewed).missing_for(tier)
    return TierProgress(
        tier=tier,
        tier_anniversary=account.tier_since,
        claims=claims,
        next_tier=next_tier,
        missing=claims.missing_for(next_tier) if next_tier is not None else Claims(),
        review_at=account.tier_review_at,
        locked_until=account.tier_locked_until if is_locked else None,
        is_expiring=account.tier_warned_at is not None,
        missing_to_keep=missing_to_keep,
    )


def tier_moves(*, terms: WalletTerms, customer_id: int) -> QuerySet[TierMove]:
    """A customer's tiers so far, the last first."""
    moves = TierMove.objects.filter(account__customer=customer_id, account__wallet=terms.wallet_id)
    return moves.select_related("from_tier", "to_tier").order_by("-id")


def _claims(account: Account, opens: datetime | None) -> Claims:
    if opens is None:
        return Claims(account.qualifying_spend, account.qualifying_orders, account.qualifying_points)
    return claims_after({account.pk: opens})[account.pk] if account.pk else Claims()


def _year_opens(year: int, terms: WalletTerms) -> datetime:
    return end_of_year(year - 1, terms.zone).astimezone(UTC) - INSTANT
