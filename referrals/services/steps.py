"""The steps of a referral, and writing them with their history."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from config.lib.bulk import copy_rows, execute_rows
from referrals.models.events import Event
from referrals.models.referrals import ReferralMove, ReferralStatus, Risk
from referrals.services.events import NewEvent, record_events
from referrals.services.statuses import Move, mark_moves

ENGINE = "engine"
COMPLETED, AWAITING_REVIEW = "completed", "awaiting_review"
"""How it is told that a friend's purchase counts: to everybody, or while the referral is held only that it waits."""


class Step(NamedTuple):
    """One step of a referral: the event that tells of it, where it leaves the referral, why, and by whom."""

    type: str
    status: str
    reason: str
    actor: str


class OpenReferral(msgspec.Struct):
    """A referral as a batch works with it; one that takes steps is under lock."""

    id: int
    uuid: UUID
    referee_id: int
    referrer_id: int
    referral_link_id: int
    status: str
    risk: str
    risk_score: int
    event_sequence: int
    claimed_at: datetime
    joined_at: datetime | None
    qualified_at: datetime | None
    rewarded_at: datetime | None
    reversed_at: datetime | None
    is_new: bool = False
    joined_now: bool = False
    steps: list[Step] = []

    def take(self, type_: str, status: str, reason: str, actor: str = ENGINE) -> None:
        """Take a step, which is written with the others."""
        self.status = status
        self.steps.append(Step(f"referral.{type_}", status, reason, actor))

    @property
    def is_void(self) -> bool:
        """Whether it is no referral, or none any more: nothing is given for it."""
        return self.status in {ReferralStatus.REJECTED, ReferralStatus.EXPIRED}

    @property
    def is_held(self) -> bool:
        """Whether what it earns waits for a person's decision."""
        return self.risk == Risk.HELD


def write_referrals(*, merchant_id: int, referrals: Iterable[OpenReferral], now: datetime) -> None:
    """Write referrals that joined or moved on, which are locked by this transaction, and tell of it."""
    moved = [referral for referral in referrals if referral.steps]
    if not moved:
        return
    events: list[NewEvent] = []
    history = []
    for referral in moved:
        for step in referral.steps:
            referral.event_sequence += 1
            payload = {"referrer": referral.referrer_id, "referee": referral.referee_id}
            events.append(NewEvent(step.type, "referral", referral.id, referral.event_sequence, payload))
            history.append(
                (merchant_id, referral.id, referral.event_sequence, step.status, step.reason, step.actor, now)
            )
    execute_rows(
        """
        UPDATE referrals AS referral
        SET status = moved.status, risk = moved.risk, risk_score = moved.risk_score,
            event_sequence = moved.event_sequence, joined_at = moved.joined_at, qualified_at = moved.qualified_at,
            rewarded_at = moved.rewarded_at, reversed_at = moved.reversed_at
        FROM json_to_recordset(%s) AS moved (id bigint, status text, risk text, risk_score smallint,
            event_sequence bigint, joined_at timestamptz, qualified_at timestamptz, rewarded_at timestamptz,
            reversed_at timestamptz)
        WHERE referral.id = moved.id
        """,
        moved,
    )
    copy_rows(
        ReferralMove, ("merchant_id", "referral_id", "sequence", "status", "reason", "actor", "moved_at"), history
    )
    record_events(merchant_id=merchant_id, events=events, now=now)
    mark_moves(merchant_id=merchant_id, moves=[Move(each.uuid, each.event_sequence) for each in moved])
    for referral in moved:
        referral.steps.clear()


def join_referral(referral: OpenReferral, *, at: datetime, reason: str) -> None:
    """A friend who was only expected has shown to be real: they join."""
    referral.joined_at, referral.joined_now = at, True
    referral.take("joined", ReferralStatus.JOINED, reason)


def qualify_referral(referral: OpenReferral, *, now: datetime) -> None:
    """The friend has made a purchase that counts: registration and first purchase are complete.

    Of a referral that is held that is not told before it is released, lest others give something for it.
    """
    referral.qualified_at, referral.reversed_at = now, None
    told = AWAITING_REVIEW if referral.is_held else COMPLETED
    referral.take(told, _standing(referral), "first_purchase")


def expire_referral(referral: OpenReferral, *, reason: str) -> None:
    """The friend has not bought enough in time; a purchase of that time which is told later still counts."""
    referral.take("expired", ReferralStatus.EXPIRED, reason)


def reward_referral(referral: OpenReferral, *, now: datetime) -> None:
    """Something was given for this referral; while it is held, what was given only waits."""
    if referral.is_held:
        return
    is_first, referral.rewarded_at = referral.rewarded_at is None, referral.rewarded_at or now
    if referral.status == ReferralStatus.QUALIFIED:
        referral.take("rewarded", ReferralStatus.REWARDED, "reward_given")
    elif is_first:
        referral.take("rewarded", referral.status, "reward_given")


def reverse_referral(referral: OpenReferral, *, now: datetime) -> None:
    """The purchase by which the referral qualified was paid back; a later purchase may qualify it again."""
    referral.reversed_at = now
    rejected = referral.status == ReferralStatus.REJECTED
    referral.take("reversed", ReferralStatus.REJECTED if rejected else ReferralStatus.REVERSED, "purchase_undone")


def hold_referral(referral: OpenReferral) -> None:
    """Too much stands out about it: what it earns waits for a person's decision."""
    referral.risk = Risk.HELD
    referral.take("held", referral.status, "risk_signals")


def reject_referral(referral: OpenReferral, *, reason: str, actor: str = ENGINE) -> None:
    """It was no referral: what was given for it is taken back, and nothing more is given."""
    referral.risk = Risk.CLEAR
    referral.take("rejected", ReferralStatus.REJECTED, reason, actor)


def release_referral(referral: OpenReferral, *, reason: str, actor: str) -> None:
    """It counts, although something stood out, or although it was rejected before: it stands where it would.

    What was not told because it was held is told now.
    """
    referral.risk = Risk.RELEASED
    referral.take("released", _standing(referral), reason, actor)
    if referral.status in {ReferralStatus.QUALIFIED, ReferralStatus.REWARDED} and _is_untold(referral):
        referral.take(COMPLETED, referral.status, "first_purchase", actor)


def _is_untold(referral: OpenReferral) -> bool:
    """Whether the last purchase that counted did so while the referral was held."""
    types = [f"referral.{each}" for each in (COMPLETED, AWAITING_REVIEW)]
    told = Event.objects.filter(subject_type="referral", subject_id=referral.id, type__in=types)
    last = told.order_by("-sequence").values_list("type", flat=True).first()
    return last == f"referral.{AWAITING_REVIEW}"


def _standing(referral: OpenReferral) -> ReferralStatus:
    """How far a referral has come by its dates; one that is held is not rewarded."""
    if referral.joined_at is None:
        return ReferralStatus.PENDING
    if referral.reversed_at is not None:
        return ReferralStatus.REVERSED
    if referral.qualified_at is None:
        return ReferralStatus.JOINED
    is_rewarded = referral.rewarded_at is not None and not referral.is_held
    return ReferralStatus.REWARDED if is_rewarded else ReferralStatus.QUALIFIED
