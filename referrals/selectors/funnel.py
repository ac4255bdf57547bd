"""How far the people came who followed links: all of a merchant's, or one customer's."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import msgspec

from config.lib.dates import end_of_day
from config.lib.prepared import execute_prepared
from referrals.models.merchants import Merchant
from referrals.models.referrals import ReferralStatus

FUNNEL_KEYS = {"channel": "link.channel", "destination": "destination.slug", "link": "link.uuid::text"}
FUNNEL_ROWS_MAX = 1_000
STANDING = (ReferralStatus.QUALIFIED.value, ReferralStatus.REWARDED.value)
"""Where a friend's first purchase counts; after a refund that took it back it does not."""


class FunnelStep(msgspec.Struct, frozen=True):
    """How far people came; `key` is a channel, the slug of a destination or the id of a link, empty if unknown.

    A visitor is a browser on a link on a day. Bought and rewarded are only those whose purchase stands.
    """

    key: str
    clicked: int
    visitors: int
    joined: int
    bought: int
    rewarded: int


def read_funnel(*, merchant: Merchant, by: str, first: date, last: date) -> list[FunnelStep]:
    """How many followed the merchant's links on these days, and how many joined then and how far they have come.

    Whoever registered without a link counts under the empty key, like those whose links lead to no destination. Days
    whose clicks are forgotten count by the numbers that were kept of them, and so the same as before.

    :param by: a key of FUNNEL_KEYS.
    :param first: the first day, and `last` the last one, in the merchant's zone.
    :returns: the steps, those with most clicks and friends first, at most FUNNEL_ROWS_MAX.
    """
    zone = ZoneInfo(merchant.time_zone)
    since, until = end_of_day(first - timedelta(days=1), zone), end_of_day(last, zone)
    rows = execute_prepared(
        f"""
        WITH day AS (
            SELECT link_id, count(*) AS clicks, count(DISTINCT visitor_hash) AS visitors
            FROM referrals_click WHERE merchant_id = %s AND clicked_at >= %s AND clicked_at < %s
            GROUP BY link_id, (clicked_at AT TIME ZONE %s)::date
            UNION ALL
            SELECT link_id, clicks, visitors FROM referrals_clickday
            WHERE merchant_id = %s AND day BETWEEN %s AND %s
        ), clicked AS (
            SELECT link_id, sum(clicks) AS clicks, sum(visitors) AS visitors FROM day GROUP BY link_id
        ), joined AS (
            SELECT share_link_id AS link_id, count(*) FILTER (WHERE status <> 'rejected') AS joined,
                count(*) FILTER (WHERE status = ANY(%s)) AS bought,
                count(rewarded_at) FILTER (WHERE status NOT IN ('reversed', 'rejected')) AS rewarded
            FROM referrals WHERE merchant_id = %s AND joined_at >= %s AND joined_at < %s
            GROUP BY share_link_id
        )
        SELECT coalesce({FUNNEL_KEYS[by]}, '') AS key, coalesce(sum(clicks), 0)::bigint,
            coalesce(sum(visitors), 0)::bigint, coalesce(sum(joined), 0)::bigint, coalesce(sum(bought), 0)::bigint,
            coalesce(sum(rewarded), 0)::bigint
        FROM clicked FULL JOIN joined USING (link_id)
        LEFT JOIN referrals_sharelink AS link ON link.id = link_id
        LEFT JOIN referrals_destination AS destination ON destination.id = link.destination_id
        GROUP BY key ORDER BY 2 DESC, 4 DESC, key LIMIT {FUNNEL_ROWS_MAX}
        """,  # noqa: S608 (the keys are ours)
        [merchant.pk, since, until, str(zone), merchant.pk, first, last, list(STANDING), merchant.pk, since, until],
    )
    return [FunnelStep(*row) for row in rows]


class ReferralCounts(msgspec.Struct, frozen=True):
    """What came of one customer's sharing so far."""

    clicked: int
    invited: int
    joined: int
    bought: int
    rewarded: int
    reversed: int


def read_own_counts(*, customer_id: int) -> ReferralCounts:
    """What came of a customer's sharing: clicks on all links of theirs, friends, and how far those have come."""
    ((*counts,),) = execute_prepared(
        """
        WITH link AS (
            SELECT link.id FROM referrals_sharelink AS link JOIN referrals_referralcode AS code ON code.id = code_id
            WHERE code.customer_id = %s
        )
        SELECT
            (SELECT count(*) FROM referrals_click WHERE link_id IN (SELECT id FROM link))
                + (SELECT coalesce(sum(clicks), 0) FROM referrals_clickday WHERE link_id IN (SELECT id FROM link)),
            (SELECT count(*) FROM referrals_invitation WHERE referrer_id = %s),
            count(joined_at) FILTER (WHERE status <> 'rejected'), count(*) FILTER (WHERE status = ANY(%s)),
            count(rewarded_at) FILTER (WHERE status NOT IN ('reversed', 'rejected')),
            count(*) FILTER (WHERE status = 'reversed')
        FROM referrals WHERE referrer_id = %s
        """,
        [customer_id, customer_id, list(STANDING), customer_id],
    )
    return ReferralCounts(*map(int, counts))
