"""An activity as another system tells it: its shape, its limits, and how a wrong one is refused."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from config.lib.bodies import Identifier, Moment, check_moment, mistake, read_struct
from referrals.models.activities import OWN_KINDS
from rewards.engine.triggers import KIND_LENGTH_MAX, KIND_PATTERN
from rewards.services.purchase_events import CustomerOfEvent

AHEAD_MAX = timedelta(days=1)
"""How far the sender's clock may be ahead; what is to come later has not been done."""


class ActivityEvent(msgspec.Struct, frozen=True):
    """Something that a customer did besides buying; fields that are not named here are ignored."""

    activity_id: Identifier
    kind: Annotated[
        str,
        Meta(
            max_length=KIND_LENGTH_MAX,
            pattern=rf"^{KIND_PATTERN}$(?!\n)",
            description="The merchant's word for it, such as social_share.",
        ),
    ]
    occurred_at: Moment
    customer: CustomerOfEvent
    reference: Annotated[Identifier | None, Meta(description="What it was about, by the sender's id.")] = None


def read_activity_event(raw: Any, *, now: datetime) -> ActivityEvent:
    """Read one activity.

    :param raw: parsed JSON.
    :raises Invalid: naming the place and the mistake.
    """
    event = read_struct(raw, ActivityEvent)
    check_moment(event.occurred_at, "/occurred_at")
    if event.occurred_at > now + AHEAD_MAX:
        raise mistake(
            "The activity has not happened yet.", "/occurred_at", "in_the_future", "Must not be in the future"
        )
    if event.kind in OWN_KINDS:
        detail = f"Grapevine records {event.kind} itself, once for each customer."
        raise mistake(detail, "/kind", "reserved", f"Must be none of {', '.join(OWN_KINDS)}")
    return event
