"""By which channel a customer's invitations are most likely to be accepted."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext as _

from config.lib.display_cache import shown
from config.lib.prepared import execute_prepared
from referrals.models.customers import Customer
from referrals.models.links import Channel
from referrals.models.merchants import Merchant
from referrals.selectors.funnel import read_funnel
from referrals.selectors.sharing import OFFERED

LOOKED_BACK_DAYS = 365
CACHED_SECONDS = 6 * 3600
WEIGHT = 20
"""What is known of all counts like so many visitors of one: a few lucky ones do not make a channel the best."""


class Came(msgspec.Struct, frozen=True):
    """How many followed links of a channel, and how many of them joined."""

    visitors: int = 0
    joined: int = 0


class Suggestion(msgspec.Struct, frozen=True):
    """The channel to share by; `rate` is the share of visitors expected to join, `joined` those of this customer."""

    channel: Channel
    rate: float
    joined: int

    @property
    def sentence(self) -> str:
        """Why it is this one, for the customer."""
        if self.joined:
            return _("Friends whom you invited by {channel} have joined.").format(channel=self.channel.label)
        if self.rate:
            return _("Friends who are invited by {channel} join most often.").format(channel=self.channel.label)
        return _("Choose among your own apps.")


def suggest_channel(*, customer: Customer, now: datetime) -> Suggestion:
    """The channel by which a customer's friends are most likely to join.

    It is their own rate, drawn towards that of the merchant's customers, and that towards the rate of all channels; of
    equal ones the first that a share page offers, so that with no data at all they choose among their own apps.
    """
    merchant = customer.merchant
    today = now.astimezone(ZoneInfo(merchant.time_zone)).date()
    body = shown(
        kind="channels",
        merchant_id=merchant.pk,
        seconds=CACHED_SECONDS,
        compute=lambda: msgspec.json.encode(_of_merchant(merchant, today)),
    )
    theirs, own = msgspec.json.decode(body, type=dict[str, Came]), _of_customer(customer.pk)
    rates = smoothed_rates(own, theirs)
    best = max(OFFERED, key=lambda channel: rates[channel])
    return Suggestion(best, rates[best], own.get(best, Came()).joined)


def smoothed_rates(own: Mapping[str, Came], theirs: Mapping[str, Came]) -> dict[Channel, float]:
    """How many visitors in one join, by channel: one's own, drawn to everybody's, drawn to all channels'.

    :param own: what came of one customer's links; `theirs` of all customers', both by channel.
    """
    overall = _drawn(_all(theirs.values()), 0.0)
    return {
        channel: _drawn(own.get(channel, Came()), _drawn(theirs.get(channel, Came()), overall)) for channel in OFFERED
    }


def _drawn(came: Came, to: float) -> float:
    return (came.joined + WEIGHT * to) / (came.visitors + WEIGHT)


def _all(came: Iterable[Came]) -> Came:
    every = list(came)
    return Came(sum(each.visitors for each in every), sum(each.joined for each in every))


def _of_merchant(merchant: Merchant, today: date) -> dict[str, Came]:
    steps = read_funnel(merchant=merchant, by="channel", first=today - timedelta(days=LOOKED_BACK_DAYS), last=today)
    return {step.key: Came(step.visitors, step.joined) for step in steps if step.key}


def _of_customer(customer_id: int) -> dict[str, Came]:
    """What came of a customer's links; visitors of days whose clicks are forgotten, by the numbers that were kept."""
    rows = execute_prepared(
        """
        SELECT link.channel, coalesce(sum(clicked.visitors), 0)::bigint, coalesce(sum(joined.friends), 0)::bigint
        FROM referrals_sharelink AS link
        JOIN referrals_referralcode AS code ON code.id = link.code_id
        LEFT JOIN LATERAL (
            SELECT (SELECT count(DISTINCT visitor_hash) FROM referrals_click WHERE link_id = link.id)
                + (SELECT coalesce(sum(visitors), 0) FROM referrals_clickday WHERE link_id = link.id) AS visitors
        ) AS clicked ON true
        LEFT JOIN (
            SELECT share_link_id, count(*) AS friends FROM referrals
            WHERE referrer_id = %(customer)s AND joined_at IS NOT NULL AND status <> 'rejected' GROUP BY 1
        ) AS joined ON joined.share_link_id = link.id
        WHERE code.customer_id = %(customer)s GROUP BY link.channel
        """,
        {"customer": customer_id},
    )
    return {channel: Came(visitors, joined) for channel, visitors, joined in rows}
