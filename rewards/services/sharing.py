"""A customer shared their link: a fact that policies may give something for."""

from datetime import datetime
from zoneinfo import ZoneInfo

from referrals.models.customers import Customer
from referrals.models.destinations import Destination
from referrals.models.links import Channel
from rewards.services.activities import NewActivity, record_activities

SOCIAL_SHARE = "social_share"
SOURCE = "pages"
"""The source of activities that customers do on our pages."""


def record_share(*, customer: Customer, channel: Channel, destination: Destination | None, now: datetime) -> bool:
    """Record that a customer shared by a channel; again on the same day of the merchant's, it changes nothing.

    Nobody can see whether a message was really sent. So a share is only what a policy with a limit gives little for.

    :param customer: with their merchant.
    :returns: whether it is new, and waits to be evaluated.
    """
    day = now.astimezone(ZoneInfo(customer.merchant.time_zone)).date()
    place = "" if destination is None else destination.slug
    activity = NewActivity(
        activity_id=f"{customer.pk}:{day}:{channel}:{destination.pk if destination else 0}",
        customer_id=customer.pk,
        kind=SOCIAL_SHARE,
        occurred_at=now,
        reference=f"{channel}/{place}" if place else channel.value,
    )
    return bool(record_activities(merchant_id=customer.merchant_id, source=SOURCE, activities=[activity], now=now))
