"""How far customers have come in campaigns, from what they did: nothing of it is stored."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from config.lib.prepared import execute_prepared
from credits.selectors.days import Span, claims_by_day
from credits.selectors.terms import WalletTerms
from rewards.engine.campaigns.definition import REFERRALS, Campaign
from rewards.engine.campaigns.progress import Done
from rewards.engine.campaigns.windows import Round

Key = tuple[int, int, str]
"""A campaign, a customer, and the round."""


class Running(NamedTuple):
    """A campaign with a goal, in one of its rounds."""

    campaign: Campaign
    round: Round


def days_towards_goals(
    *, running: Sequence[Running], customer_ids: Collection[int], terms: WalletTerms
) -> dict[Key, dict[date, Done]]:
    """What these customers did towards each goal, by day in the merchant's zone; at most two statements."""
    spans = [
        Span(
            number,
            each.round.starts.replace(tzinfo=terms.zone) if each.round.starts else None,
            each.round.ends.replace(tzinfo=terms.zone) if each.round.ends else None,
        )
        for number, each in enumerate(running)
    ]
    of_friends = [span for span in spans if _counts_friends(running[span.number])]
    of_purchases = [span for span in spans if not _counts_friends(running[span.number])]
    found: list[tuple[int, int, date, int, int]] = []
    if of_purchases and customer_ids:
        found += claims_by_day(terms=terms, customer_ids=customer_ids, spans=of_purchases)
    if of_friends and customer_ids:
        found += _friends_by_day(customer_ids, of_friends, terms)
    days: dict[Key, dict[date, Done]] = {}
    for number, customer_id, day, spend, times in found:
        each = running[number]
        days.setdefault((each.campaign.id, customer_id, each.round.key), {})[day] = Done(spend, times)
    return days


def _counts_friends(running: Running) -> bool:
    goal = running.campaign.terms.goal
    return goal is not None and goal.measure == REFERRALS


def _friends_by_day(
    customer_ids: Collection[int], spans: Sequence[Span], terms: WalletTerms
) -> list[tuple[int, int, date, int, int]]:
    """How many friends' first purchases made the referral count, and it still does."""
    return [
        (number, customer_id, day, 0, friends)
        for number, customer_id, day, friends in execute_prepared(
            """
            SELECT span.number, referral.referrer_id, (referral.qualified_at AT TIME ZONE %s)::date, count(*)
            FROM referrals AS referral
            JOIN json_to_recordset(%s) AS span (number bigint, starts timestamptz, ends timestamptz)
                ON referral.qualified_at >= COALESCE(span.starts, '-infinity')
                AND referral.qualified_at < COALESCE(span.ends, 'infinity')
            WHERE referral.referrer_id = ANY(%s) AND referral.status IN ('qualified', 'rewarded')
                AND referral.risk <> 'held'
            GROUP BY 1, 2, 3
            """,
            [str(terms.zone), msgspec.json.encode(spans).decode(), list(customer_ids)],
        )
    ]
