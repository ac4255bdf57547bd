"""Who brought whom: joining a friend to the one referrer they will ever have, and moving referrals on."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from config.lib.bulk import execute_rows
from config.lib.errors import DomainError
from config.lib.ids import uuid7
from config.lib.prepared import execute_prepared
from referrals.models.referrals import ReferralStatus
from referrals.services.claims import ALREADY_REFERRED, Claim, KnownCode, count_uses, hold_codes, read_record
from referrals.services.events import NewEvent, record_events
from referrals.services.statuses import Move, mark_moves


class ReferrerMerged(DomainError):
    """A referrer was merged into another customer at this moment; the next try finds that one."""

    code = "referrer_merged"


class OpenReferral(msgspec.Struct):
    """A referral as a batch works with it; changed ones are under lock."""

    id: int
    uuid: UUID
    referee_id: int
    referrer_id: int
    referral_link_id: int
    status: str
    event_sequence: int
    qualified_at: datetime | None
    rewarded_at: datetime | None
    reversed_at: datetime | None
    joined_now: bool = False
    changed: bool = False


FIELDS = (
    "id, uuid, customer_id, referrer_id, referral_link_id, status, event_sequence,"
    " qualified_at, rewarded_at, reversed_at"
)


def lock_referrals(
    *, merchant_id: int, referee_ids: Collection[int], claimed: Collection[str] = (), settled_too: bool = False
) -> dict[int, OpenReferral]:
    """The referrals by which these customers came, by referee; those that can still move on are locked, by id.

    The customers are held first, so that nobody registers them (which may join them) until the transaction ends:
    whoever has no referral here gets none meanwhile from elsewhere.

    :param claimed: codes that will be claimed; those with a limit are locked after the customers, by id.
    :param settled_too: lock also those that are rewarded, which only a refund can move.
    """
    ids = list(referee_ids)
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


def check_referrers(referrals: Iterable[OpenReferral]) -> None:
    """Make sure, with the accounts of referrers under lock, that none was merged after their referrals were read.

    :raises ReferrerMerged: if one was; read again, the referral is the survivor's.
    """
    ids = [referral.referrer_id for referral in referrals]
    if ids and execute_prepared(
        "SELECT FROM referrals_customer WHERE id = ANY(%s) AND merged_into_id IS NOT NULL LIMIT 1", [ids]
    ):
        raise ReferrerMerged


def join_referrals(*, merchant_id: int, claims: Sequence[Claim], referrals: dict[int, OpenReferral]) -> dict[int, str]:
    """Join friends to those whose codes they brought; the earliest claim that is valid decides.

    :param referrals: the referrals that exist, by referee; the new ones are added to it.
    :returns: for each claim that is refused, by its key, the code of the reason.
    """
    record = read_record(merchant_id=merchant_id, claims=claims)
    links = {referee_id: referral.referral_link_id for referee_id, referral in referrals.items()}
    refused: dict[int, str] = {}
    accepted: dict[int, tuple[Claim, KnownCode]] = {}
    for claim in sorted(claims, key=lambda claim: (claim.occurred_at, claim.key)):
        code, reason = record.judge(claim, link_id=links.get(claim.referee_id))
        if reason:
            refused[claim.key] = reason
        elif code is not None and claim.referee_id not in links:
            links[claim.referee_id] = code.id
            accepted[claim.referee_id] = (claim, code)
            record.use(code)
    if accepted:
        _insert(merchant_id, accepted.values())
        joined = lock_referrals(merchant_id=merchant_id, referee_ids=accepted.keys())
        for referee_id, (claim, code) in accepted.items():
            referral = joined[referee_id]
            if referral.referral_link_id == code.id:
                referral.joined_now = referral.event_sequence == 0
            else:  # Another transaction was quicker, with another code.
                refused[claim.key] = ALREADY_REFERRED
        count_uses(code for claim, code in accepted.values() if joined[claim.referee_id].joined_now)
        _queue_together([referral for referral in joined.values() if referral.joined_now])
        referrals |= joined
    return refused


def write_referrals(*, merchant_id: int, referrals: Iterable[OpenReferral], now: datetime) -> None:
    """Write referrals that joined or moved on, which are locked by this transaction, and tell of it."""
    moved = [referral for referral in referrals if referral.joined_now or referral.changed]
    if not moved:
        return
    events: list[NewEvent] = []
    for referral in moved:
        for happened, type_ in (
            (referral.joined_now, "referral.joined"),
            (referral.changed and referral.qualified_at == now, "referral.completed"),
            (referral.changed and referral.rewarded_at == now, "referral.rewarded"),
            (referral.changed and referral.reversed_at == now, "referral.reversed"),
        ):
            if happened:
                referral.event_sequence += 1
                payload = {"referrer": referral.referrer_id, "referee": referral.referee_id}
                events.append(NewEvent(type_, "referral", referral.id, referral.event_sequence, payload))
    execute_rows(
        """
        UPDATE referrals AS referral
        SET status = moved.status, event_sequence = moved.event_sequence, qualified_at = moved.qualified_at,
            rewarded_at = moved.rewarded_at, reversed_at = moved.reversed_at
        FROM json_to_recordset(%s) AS moved (id bigint, status text, event_sequence bigint,
            qualified_at timestamptz, rewarded_at timestamptz, reversed_at timestamptz)
        WHERE referral.id = moved.id
        """,
        [
            {
                "id": referral.id,
                "status": referral.status,
                "event_sequence": referral.event_sequence,
                "qualified_at": referral.qualified_at,
                "rewarded_at": referral.rewarded_at,
                "reversed_at": referral.reversed_at,
            }
            for referral in moved
        ],
    )
    record_events(merchant_id=merchant_id, events=events, now=now)
    mark_moves(merchant_id=merchant_id, moves=[Move(each.uuid, each.event_sequence) for each in moved])


def qualify_referral(referral: OpenReferral, *, now: datetime) -> None:
    """The friend has made a purchase that counts: registration and first purchase are complete."""
    referral.qualified_at, referral.changed = now, True
    referral.status = ReferralStatus.REWARDED if referral.rewarded_at else ReferralStatus.QUALIFIED


def reward_referral(referral: OpenReferral, *, now: datetime) -> None:
    """Something was given for this referral."""
    if referral.rewarded_at is None:
        referral.rewarded_at, referral.changed = now, True
    if referral.status == ReferralStatus.QUALIFIED:
        referral.status, referral.changed = ReferralStatus.REWARDED, True


def reverse_referral(referral: OpenReferral, *, now: datetime) -> None:
    """The purchase by which the referral qualified was paid back; a later purchase may qualify it again."""
    referral.status, referral.reversed_at, referral.changed = ReferralStatus.REVERSED, now, True


def _insert(merchant_id: int, accepted: Iterable[tuple[Claim, KnownCode]]) -> None:
    execute_rows(
        """
        INSERT INTO referrals (uuid, merchant_id, customer_id, referrer_id, referral_link_id, status, joined_at,
            event_sequence, share_link_id, method, touched_at)
        SELECT uuid, %s, referee, referrer, code, 'joined', joined_at, 0, link, method, touched_at
        FROM json_to_recordset(%s)
            AS joined (uuid uuid, referee bigint, referrer bigint, code bigint, joined_at timestamptz,
                link bigint, method text, touched_at timestamptz)
        ORDER BY referee
        ON CONFLICT DO NOTHING
        """,
        [
            {
                "uuid": uuid7(),
                "referee": claim.referee_id,
                "referrer": code.customer_id,
                "code": code.id,
                "joined_at": claim.occurred_at,
                "link": claim.share_link_id,
                "method": claim.method,
                "touched_at": claim.touched_at or claim.occurred_at,
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
