"""The table of notices: which event tells whom, by which channels unless they wish otherwise, and in which words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fulfillment.models.notifications import Channel

EMAIL, SMS, PUSH = Channel.EMAIL, Channel.SMS, Channel.PUSH
Words = str | Promise


class Topic(models.TextChoices):
    """What a customer can want to be told of, or not."""

    POINTS = "points", _("Points")
    TIER = "tier", _("Tier")
    REFERRALS = "referrals", _("Friends")
    REWARDS = "rewards", _("Rewards")


WEBHOOK_DISABLED = "webhook_disabled"
"""What staff are told by the sender itself, without an event."""
STAFF_TOPIC = "work"
"""What people who work for the merchant are told cannot be turned off."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that somebody is told.

    :param on: the type of event; empty: it is told without one.
    :param to: whose part in the event makes them the reader: `customer`, `referrer`, `referee`, `technician`, `staff`.
    :param channels: besides in the app.
    :param when: whether the payload is such that this is to be told.
    """

    kind: str
    on: str
    to: str
    topic: str
    channels: tuple[Channel, ...]
    title: Words
    text: Words
    when: Callable[[Mapping[str, Any]], bool] = lambda _data: True


def _is_pending(data: Mapping[str, Any]) -> bool:
    return bool(data.get("pending"))


def _can_be_spent(data: Mapping[str, Any]) -> bool:
    return not data.get("pending")


def _is_gift(data: Mapping[str, Any]) -> bool:
    return "pending" in data  # Only what is received can have to wait.


def _was_looked_at(data: Mapping[str, Any]) -> bool:
    return data.get("reason") != "no_approval_needed"


def _points(kind: str, on: str, title: Words, text: Words, *channels: Channel, **more: Any) -> Notice:
    return Notice(kind, on, "customer", Topic.POINTS, channels, title, text, **more)


def _tier(kind: str, on: str, title: Words, text: Words, *channels: Channel) -> Notice:
    return Notice(kind, on, "customer", Topic.TIER, channels, title, text)


def _referral(kind: str, on: str, title: Words, text: Words, *channels: Channel) -> Notice:
    return Notice(kind, on, "referrer", Topic.REFERRALS, channels, title, text)


def _reward(kind: str, on: str, title: Words, text: Words, *channels: Channel, **more: Any) -> Notice:
    return Notice(kind, on, "customer", Topic.REWARDS, channels, title, text, **more)


NOTICES: tuple[Notice, ...] = (
    _points(
        "points_earned",
        "points.earned",
        _("You received {points} points"),
        _("{points} points were added to your balance."),
        when=_can_be_spent,
    ),
    _points(
        "points_pending",
        "points.earned",
        _("{points} points are on their way"),
        _("You will be able to spend these {points} points soon."),
        when=_is_pending,
    ),
    _points(
        "points_confirmed",
        "points.confirmed",
        _("{points} points can be spent now"),
        _("The {points} points that you waited for are yours."),
        PUSH,
        when=_can_be_spent,
    ),
    _points(
        "points_received",
        "points.transferred",
        _("Somebody gave you {points} points"),
        _("{points} points were added to your balance as a gift."),
        EMAIL,
        PUSH,
        when=_is_gift,
    ),
    _points(
        "points_restored",
        "points.restored",
        _("{points} points came back"),
        _("What they had paid for was undone, so {points} points are yours again."),
    ),
    _points(
        "points_reversed",
        "points.reversed",
        _("{points} points were taken back"),
        _("What they had been given for was undone."),
    ),
    _points(
        "points_expired", "points.expired", _("{points} points lapsed"), _("{points} points were not spent in time.")
    ),
    _points(
        "points_expiring",
        "points.expiring",
        _("{points} points lapse on {date}"),
        _("Spend them before {date}: you have {points} points that lapse then."),
        EMAIL,
        PUSH,
    ),
    _tier(
        "tier_changed",
        "tier.changed",
        _("Your tier is {tier} now"),
        _("From now on you have all that {tier} offers."),
        EMAIL,
        PUSH,
    ),
    _tier("tier_kept", "tier.kept", _("You stay in {tier}"), _("Your tier was reviewed, and you keep {tier}.")),
    _tier(
        "tier_expiring",
        "tier.expiring",
        _("You may lose {tier}"),
        _("Without further purchases your tier {tier} ends on {date}."),
        EMAIL,
    ),
    _reward(
        "grant_issued",
        "grant.issued",
        _("A reward for you: {reward}"),
        _("You can use {reward} from now on."),
        EMAIL,
        PUSH,
    ),
    _reward(
        "grant_revoked",
        "grant.revoked",
        _("A reward was taken back: {reward}"),
        _("What {reward} had been given for was undone."),
    ),
    _referral(
        "friend_joined",
        "referral.joined",
        _("A friend joined"),
        _("Somebody joined through your invitation. Thank you!"),
        EMAIL,
        PUSH,
    ),
    _referral(
        "friend_bought",
        "referral.completed",
        _("A friend’s first order"),
        _("A friend whom you invited has bought for the first time."),
        EMAIL,
        PUSH,
    ),
    _referral(
        "friend_rewarded",
        "referral.rewarded",
        _("Your invitation was rewarded"),
        _("You were thanked for a friend whom you invited."),
    ),
    _reward(
        "redemption_requested",
        "redemption.pending",
        _("We received your wish: {reward}"),
        _("You asked for {reward}. We tell you how it goes on."),
    ),
    _reward(
        "redemption_approved",
        "redemption.approved",
        _("Approved: {reward}"),
        _("Your wish for {reward} was approved."),
        EMAIL,
        when=_was_looked_at,
    ),
    _reward(
        "redemption_rejected",
        "redemption.rejected",
        _("Not possible: {reward}"),
        _("We could not give you {reward}. What you gave for it is yours again."),
        EMAIL,
    ),
    _reward(
        "redemption_cancelled",
        "redemption.cancelled",
        _("Cancelled: {reward}"),
        _("Your wish for {reward} was cancelled. What you gave for it is yours again."),
    ),
    _reward(
        "redemption_delivered", "redemption.delivered", _("Delivered: {reward}"), _("{reward} was delivered to you.")
    ),
    _reward(
        "redemption_fulfilled",
        "redemption.fulfilled",
        _("Done: {reward}"),
        _("{reward}: done. If it comes by post, it is on its way to you."),
        EMAIL,
        PUSH,
        SMS,
    ),
    _reward(
        "appointment_near",
        "appointment.due",
        _("Your appointment on {date}"),
        _("We look forward to seeing you on {date} at {time}: {reward}."),
        EMAIL,
        PUSH,
        SMS,
    ),
    Notice(
        "job_assigned",
        "redemption.assigned",
        "technician",
        STAFF_TOPIC,
        (EMAIL, PUSH),
        _("A new job: {reward}"),
        _("{reward} is waiting for you. Your queue has the details."),
    ),
    Notice(
        WEBHOOK_DISABLED,
        "",
        "staff",
        STAFF_TOPIC,
        (EMAIL,),
        _("A webhook endpoint was disabled"),
        _(
            "Nothing could be delivered to {address}, so nothing is sent there any more. Mend it, enable it, and replay"
            " what it missed."
        ),
    ),
)

BY_KIND: Mapping[str, Notice] = {notice.kind: notice for notice in NOTICES}
BY_EVENT: Mapping[str, tuple[Notice, ...]] = {
    type_: tuple(notice for notice in NOTICES if notice.on == type_)
    for type_ in {notice.on for notice in NOTICES if notice.on}
}
PLACEHOLDERS = ("points", "date", "time", "tier", "reward", "address")
SAMPLE: Mapping[str, Any] = {
    "points": 1250,
    "date": "2027-03-31",
    "time": "15:30",
    "tier": "Gold",
    "reward": "Branded mug",
    "address": "https://shop.example.com/hooks",
}
"""What a preview tells."""


def notices_for(type_: str, data: Mapping[str, Any]) -> list[Notice]:
    """What is told of an event with this payload."""
    return [notice for notice in BY_EVENT.get(type_, ()) if notice.when(data)]
