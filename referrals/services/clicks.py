"""Recording that somebody followed a link."""

from datetime import datetime, timedelta

import msgspec
from django.db import connection, transaction

from config.lib.encryption import keyed_hash
from referrals.models.codes import ReferralCode
from referrals.models.destinations import Destination
from referrals.models.links import Channel, Click, ShareLink
from referrals.services.agents import device_of, is_machine
from referrals.services.coupon_sites import coupon_site_of

FOLDED = timedelta(hours=1)
"""How long a visitor's clicks on a link are one click."""


class Visit(msgspec.Struct, frozen=True):
    """Who follows a link, as far as a request tells: the address and the browser's name, neither of which is stored.

    Of the page before (`came_from`) only a site of public codes is kept.
    """

    address: str
    agent: str
    came_from: str = ""


def read_channel(tag: str) -> Channel:
    """The channel that a link names; one that nobody knows is another, so that nobody can invent rows."""
    if not tag:
        return Channel.DIRECT
    return Channel(tag) if tag in Channel.values else Channel.OTHER


def follow_link(
    *, code: ReferralCode, destination: Destination | None, channel: Channel, visit: Visit, now: datetime
) -> ShareLink | None:
    """A person follows a code to a destination by a channel: the link, whose click is recorded.

    :returns: None if it was a machine, which leaves no trace.
    """
    if is_machine(visit.agent):
        return None
    key = {"code": code, "destination": destination, "channel": channel}
    link, _ = ShareLink.objects.get_or_create(**key, defaults={"merchant_id": code.merchant_id, "created_at": now})
    _record_click(link, visit, now)
    return link


def _record_click(link: ShareLink, visit: Visit, now: datetime) -> None:
    """Record a click, unless it repeats one of the same visitor within the hour."""
    visitor = keyed_hash(f"{visit.address}\n{visit.agent}".encode())
    with transaction.atomic():
        with connection.cursor() as cursor:  # Of two tabs that open at once, the second sees the first.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [visitor.hex(), link.pk])
        if not link.clicks.filter(visitor_hash=visitor, clicked_at__gt=now - FOLDED).exists():
            Click.objects.create(
                merchant_id=link.merchant_id,
                link=link,
                visitor_hash=visitor,
                address_hash=keyed_hash(visit.address.encode()),
                device=device_of(visit.agent),
                coupon_site=coupon_site_of(visit.came_from),
                clicked_at=now,
            )
