"""Who brought whom: joining a friend to the one referrer they will ever have."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from config.lib.bulk import execute_rows
from config.lib.ids import uuid7
from config.lib.prepared import execute_prepared
from referrals.models.referrals import ReferralStatus
from referrals.services.claims import ALREADY_REFERRED, Claim, KnownCode, count_uses, hold_codes, read_record
from referrals.services.risk import record_blocks
from referrals.services.steps import OpenReferral, join_referral

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
