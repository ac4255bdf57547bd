"""Who brought whom: joining a friend to the one referrer they will ever have, and moving referrals on."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from config.lib.bulk import copy_rows, execute_rows
from config.lib.ids import uuid7
from config.lib.prepared import execute_prepared
from referrals.models.referrals import ReferralMove, ReferralStatus, Risk
from referrals.services.claims import ALREADY_REFERRED, Claim, KnownCode, count_uses, hold_codes, read_record
from referrals.services.events import NewEvent, record_events
from referrals.services.risk import record_blocks
from referrals.services.statuses import Move, mark_moves

ENGINE = "engine"


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


FIELDS = (
    "id, uuid, customer_id, referrer_id, referral_link_id, status, risk, risk_score, event_sequence, claimed_at,"
    " joined_at, qualified_at, rewarded_at, reversed_at"
)

_HOLD_WITH_REFERRERS = """
    SELECT id FROM referrals_customer WHERE id = ANY(%(ids)s)
        OR id = ANY(ARRAY(
            SELECT referrer_id FROM referrals WHERE merchant_id = %(merchant)s AND customer_id = ANY(%(ids)s)))
        OR id = ANY(ARRAY(
            SELECT customer_id FROM referrals_referralcode
            WHERE merchant_id = %(merchant)s AND code = ANY(%(codes)s)))
    ORDER BY id FOR KEY SHARE
"""


def lock_referrals(
    *,
    merchant_id: int,
    referee_ids: Collection[int],
    claimed: Collection[str] = (),
    settled_too: bool = False,
    referrers_too: bool = False,
) -> dict[int, OpenReferral]:
    """The referrals by which these customers came, by referee; those that can still move on are locked, by id.

    The customers are held first, so that nobody registers them (which may join them) until the transaction ends:
    whoever has no referral here gets none meanwhile from elsewhere.

    :param claimed: codes that will be claimed; those with a limit are locked after the customers, by id.
    :param settled_too: lock also those that are rewarded, which only a refund or a decision can move.
    :param referrers_too: hold also those who referred them, or whose codes are claimed: for who writes rows about them
        later, under the locks on accounts.
    """
    ids = list(referee_ids)
    if referrers_too:
        execute_prepared(_HOLD_WITH_REFERRERS, {"merchant": merchant_id, "ids": ids, "codes": list(claimed)})
    else:
        execute_prepared("SELECT id FROM referrals_customer WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [ids])
    hold_codes(merchant_id=merchant_id, codes=claimed)
    rows = execute_prepared(
        f"SELECT {FIELDS} FROM referrals WHERE merchant_id = %s AND customer_id = ANY(%s)",  # noqa: S608 (its parts are ours)
        [merchant_id, ids],
    )
    found = [OpenReferral(*row) for row in rows]
    movable = [each.id for each in found if settled_too or each.status != ReferralStatus.REWARDED]
    if movable:
        rows = execute_prepared(
            f"SELECT {FIELDS} FROM referrals WHERE id = ANY(%s) ORDER BY id FOR UPDATE",  # noqa: S608 (its parts are ours)
            [movable],
        )
        found += [OpenReferral(*row) for row in rows]
    return {referral.referee_id: referral for referral in found}


def join_referrals(
    *,
    merchant_id: int,
    claims: Sequence[Claim],
    referrals: dict[int, OpenReferral],
    now: datetime,
    unproven: Collection[int] = (),
) -> dict[int, str]:
    """Join friends to those whose codes they brought; the earliest claim that is valid decides.

    :param referrals: the referrals that exist, by referee; the new ones are added to it.
    :param unproven: friends who are only expected until they show to be real; their referrals are pending.
    :returns: for each claim that is refused, by its key, the code of the reason.
    """
    links = {referee_id: referral.referral_link_id for referee_id, referral in referrals.items()}
    record = read_record(
        merchant_id=merchant_id, claims=claims, newcomers={c.referee_id for c in claims} - links.keys()
    )
    refused: dict[int, str] = {}
    accepted: dict[int, tuple[Claim, KnownCode]] = {}
    for claim in sorted(claims, key=lambda claim: (claim.occurred_at, claim.key)):
        code, reason = record.judge(claim, link_id=links.get(claim.referee_id))
        if reason:
            refused[claim.key] = reason
        elif code is not None and claim.referee_id not in links:
            links[claim.referee_id] = code.id
            accepted[claim.referee_id] = (claim, code)
            record.use(code, claim.referee_id)
    record_blocks(merchant_id=merchant_id, blocks=record.blocked, now=now)
    if accepted:
        _insert(merchant_id, accepted.values(), unproven)
        joined = lock_referrals(merchant_id=merchant_id, referee_ids=accepted.keys())
        for referee_id, (claim, code) in accepted.items():
            referral = joined[referee_id]
            if referral.referral_link_id == code.id:
                referral.is_new = referral.event_sequence == 0
            else:  # Another transaction was quicker, with another code.
                refused[claim.key] = ALREADY_REFERRED
        count_uses(code for claim, code in accepted.values() if joined[claim.referee_id].is_new)
        new = [referral for referral in joined.values() if referral.is_new]
        _queue_together(new)
        for referral in new:
            if referral.status == ReferralStatus.PENDING:
                referral.take("pending", ReferralStatus.PENDING, "code_brought")
            else:
                join_referral(referral, at=referral.claimed_at, reason="code_brought")
        referrals |= joined
    return refused


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
    """The friend has made a purchase that counts: registration and first purchase are complete."""
    referral.qualified_at, referral.reversed_at = now, None
    is_rewarded = referral.rewarded_at is not None and not referral.is_held
    referral.take("completed", ReferralStatus.REWARDED if is_rewarded else ReferralStatus.QUALIFIED, "first_purchase")


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
    """It counts, although something stood out, or although it was rejected before: it stands where it would."""
    referral.risk = Risk.RELEASED
    referral.take("released", _standing(referral), reason, actor)


def _standing(referral: OpenReferral) -> ReferralStatus:
    """How far a referral has come by its dates."""
    if referral.joined_at is None:
        return ReferralStatus.PENDING
    if referral.reversed_at is not None:
        return ReferralStatus.REVERSED
    if referral.qualified_at is None:
        return ReferralStatus.JOINED
    return ReferralStatus.QUALIFIED if referral.rewarded_at is None else ReferralStatus.REWARDED


def _insert(merchant_id: int, accepted: Iterable[tuple[Claim, KnownCode]], unproven: Collection[int]) -> None:
    execute_rows(
        """
        INSERT INTO referrals (uuid, merchant_id, customer_id, referrer_id, referral_link_id, status, claimed_at,
            joined_at, event_sequence, share_link_id)
        SELECT uuid, %s, referee, referrer, code, CASE WHEN is_proven THEN 'joined' ELSE 'pending' END, claimed_at,
            CASE WHEN is_proven THEN claimed_at END, 0, link
        FROM json_to_recordset(%s)
            AS joined (uuid uuid, referee bigint, referrer bigint, code bigint, claimed_at timestamptz,
                link bigint, is_proven boolean)
        ORDER BY referee
        ON CONFLICT DO NOTHING
        """,
        [
            {
                "uuid": uuid7(),
                "referee": claim.referee_id,
                "referrer": code.customer_id,
                "code": code.id,
                "claimed_at": claim.occurred_at,
                "link": claim.share_link_id,
                "is_proven": claim.referee_id not in unproven,
            }
            for claim, code in accepted
        ],
        before=[merchant_id],
    )


def _queue_together(joined: Sequence[OpenReferral]) -> None:
    """Let a friend's work go where the referrer's goes, so that whoever evaluates one holds the accounts of both."""
    execute_rows(
        """
        UPDATE referrals_customer AS friend SET root_id = coalesce(referrer.root_id, referrer.id)
        FROM json_to_recordset(%s) AS joined (referee_id bigint, referrer_id bigint)
        JOIN referrals_customer AS referrer ON referrer.id = joined.referrer_id
        WHERE friend.id = joined.referee_id
        """,
        joined,
    )
