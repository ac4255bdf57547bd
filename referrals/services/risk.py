"""What stands out about friends and those who brought them, in sets: a fixed number of statements for any batch.

Each kind of signal has a score, of 100; from `HOLD_AT` on what a referral earns waits for a person's decision. Nobody
is refused by a score. What proves that both are one person (a mailbox, a phone, a means of payment) rejects.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec

from config.lib.bulk import execute_rows
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.risk import Signal, TraceKind
from referrals.services.likeness import is_disposable, same_name, similar_email, similar_name

HOLD_AT = 50
SURE = 100
RING_LENGTH_MAX = 10
FRIENDS_A_DAY = 50
"""So many friends in a day are nothing special."""
NEWCOMERS_A_DAY = 3
"""So many registrations by one device or browser in a day are nothing special."""
COUPON_CLICKS = 3
"""So many visitors of sites of public codes in thirty days say that a code stands there."""

PROOFS = frozenset({Signal.SAME_MAILBOX, Signal.SAME_PHONE, Signal.SAME_PAYMENT})

SCORES: Mapping[str, int] = {
    **dict.fromkeys(PROOFS, SURE),
    Signal.KNOWN_FRIEND: SURE,
    Signal.KNOWN_CUSTOMER: 60,
    Signal.RING: SURE,
    Signal.SAME_DEVICE: 60,
    Signal.SAME_BROWSER: 40,
    Signal.SAME_ADDRESS: 10,
    Signal.SAME_NAME: 40,
    Signal.SIMILAR_NAME: 25,
    Signal.SIMILAR_EMAIL: 25,
    Signal.DISPOSABLE_EMAIL: 50,
    Signal.BURST: 50,
    Signal.CROWD: 50,
    Signal.COUPON_SITE: 50,
}

SHARED_AT_HOME: Mapping[str, int] = {Signal.SAME_DEVICE: 30, Signal.SAME_BROWSER: 20, Signal.SAME_ADDRESS: 0}
"""What a household shares counts so much where families may refer each other, and of it only the most."""


class Block(msgspec.Struct, frozen=True):
    """A friend who was not let join, and by what."""

    referee: int
    referrer: int
    kind: str


class Pair(Protocol):
    """A referral, as far as it is looked at here."""

    id: int
    referee_id: int
    referrer_id: int
    referral_link_id: int


class Noticed(msgspec.Struct, frozen=True):
    """Something stands out about a referral; `count` is how many, or how long a ring is."""

    referral_id: int
    kind: str
    count: int = 1


def notice(*, merchant: Merchant, pairs: Sequence[Pair], now: datetime) -> dict[int, dict[str, int]]:
    """What stands out about referrals, on record from now on: the scores of each by kind."""
    if not pairs:
        return {}
    noticed = [*_among_people(pairs), *_among_traces(merchant, pairs, now)]
    by_referral: dict[int, dict[str, Noticed]] = {}
    for each in noticed:
        by_referral.setdefault(each.referral_id, {})[each.kind] = each
    scores = {
        referral_id: _scores(found.keys(), at_home=merchant.allows_households)
        for referral_id, found in by_referral.items()
    }
    _record(
        merchant.pk,
        [
            {
                "referee": pair.referee_id,
                "referrer": pair.referrer_id,
                "kind": kind,
                "score": score,
                "blocks": False,
                "evidence": {"count": by_referral[pair.id][kind].count},
            }
            for pair in pairs
            for kind, score in scores.get(pair.id, {}).items()
        ],
        now,
    )
    return scores


def record_blocks(*, merchant_id: int, blocks: Collection[Block], now: datetime) -> None:
    """Keep what friends were not let join by: nothing else is left of them."""
    _record(
        merchant_id,
        [
            {**msgspec.structs.asdict(block), "score": SURE, "blocks": True, "evidence": {"count": 1}}
            for block in blocks
        ],
        now,
    )


def _scores(kinds: Collection[str], *, at_home: bool) -> dict[str, int]:
    scores = {kind: SCORES[kind] for kind in kinds}
    shared = sorted(scores.keys() & SHARED_AT_HOME.keys(), key=lambda kind: SHARED_AT_HOME[kind])
    if at_home and shared:
        most = shared.pop()
        scores |= {**dict.fromkeys(shared, 0), most: SHARED_AT_HOME[most]}
    if Signal.SIMILAR_NAME in scores and Signal.SIMILAR_EMAIL in scores:  # The one is made of the other.
        scores[Signal.SIMILAR_NAME] = 0
    return scores


def _among_people(pairs: Sequence[Pair]) -> list[Noticed]:
    """What the names and addresses of two people tell; they are read here, and nothing of them is kept."""
    ids = {id_ for pair in pairs for id_ in (pair.referee_id, pair.referrer_id)}
    fields = ("name", "email", "mailbox_hash", "phone_hash")
    people = {person.pk: person for person in Customer.objects.filter(pk__in=ids).only("pk", *fields)}
    noticed: list[Noticed] = []
    for pair in pairs:
        friend, referrer = people[pair.referee_id], people[pair.referrer_id]
        told = {
            Signal.SAME_MAILBOX: _same(friend.mailbox_hash, referrer.mailbox_hash),
            Signal.SAME_PHONE: _same(friend.phone_hash, referrer.phone_hash),
            Signal.SAME_NAME: same_name(friend.name, referrer.name),
            Signal.SIMILAR_EMAIL: similar_email(friend.email, referrer.email),
            Signal.DISPOSABLE_EMAIL: is_disposable(friend.email),
        }
        told[Signal.SIMILAR_NAME] = not told[Signal.SAME_NAME] and similar_name(friend.name, referrer.name)
        noticed += [Noticed(pair.id, kind) for kind, stands_out in told.items() if stands_out]
    return noticed


def _same(one: Any, other: Any) -> bool:
    return one is not None and other is not None and bytes(one) == bytes(other)


def _among_traces(merchant: Merchant, pairs: Sequence[Pair], now: datetime) -> list[Noticed]:
    rows = execute_rows(
        _TRACES,
        [
            {"id": each.id, "referee": each.referee_id, "referrer": each.referrer_id, "code": each.referral_link_id}
            for each in pairs
        ],
        before=[merchant.pk, now],
    )
    return [Noticed(*row) for row in rows]


def _record(merchant_id: int, signals: Sequence[Mapping[str, Any]], now: datetime) -> None:
    execute_rows(
        """
        INSERT INTO referrals_risksignal (merchant_id, referee_id, referrer_id, kind, score, blocks, evidence,
            noticed_at)
        SELECT %s, referee, referrer, kind, score, blocks, evidence, %s
        FROM json_to_recordset(%s) AS signal (referee bigint, referrer bigint, kind text, score smallint,
            blocks boolean, evidence jsonb)
        ORDER BY referee, referrer, kind
        ON CONFLICT DO NOTHING
        """,
        signals,
        before=[merchant_id, now],
    )


_TRACES = f"""
    WITH RECURSIVE told AS (SELECT %s::bigint AS merchant_id, %s::timestamptz AS now), pair AS (
        SELECT pair.*, told.* FROM told, json_to_recordset(%s) AS pair (
            id bigint, referee bigint, referrer bigint, code bigint)
    ), chain AS (
        SELECT pair.id, referee, pair.merchant_id, referral.referrer_id AS reached, 2 AS length
        FROM pair JOIN referrals AS referral
            ON referral.merchant_id = pair.merchant_id AND referral.customer_id = pair.referrer
        UNION ALL
        SELECT chain.id, referee, chain.merchant_id, referral.referrer_id, length + 1
        FROM chain JOIN referrals AS referral
            ON referral.merchant_id = chain.merchant_id AND referral.customer_id = chain.reached
        WHERE reached <> referee AND length < {RING_LENGTH_MAX}
    )
    SELECT pair.id, 'same_' || theirs.kind, count(*)::int
    FROM pair JOIN referrals_customertrace AS theirs ON theirs.customer_id = referee
    JOIN referrals_customertrace AS other ON other.customer_id = referrer AND other.kind = theirs.kind
        AND other.trace_hash = theirs.trace_hash
    GROUP BY pair.id, theirs.kind
    UNION ALL
    SELECT pair.id, '{Signal.KNOWN_CUSTOMER}', count(DISTINCT other.customer_id)::int
    FROM pair JOIN referrals_customertrace AS theirs ON theirs.customer_id = referee
        AND theirs.kind = '{TraceKind.PAYMENT}'
    JOIN referrals_customertrace AS other ON other.merchant_id = pair.merchant_id AND other.kind = theirs.kind
        AND other.trace_hash = theirs.trace_hash AND other.customer_id NOT IN (referee, referrer)
    WHERE EXISTS (SELECT FROM referrals_purchase WHERE customer_id = other.customer_id)
    GROUP BY pair.id
    UNION ALL
    SELECT pair.id, '{Signal.KNOWN_FRIEND}', count(*)::int
    FROM pair JOIN referrals_customer AS friend ON friend.id = referee
    JOIN referrals_customer AS twin ON twin.merchant_id = pair.merchant_id AND twin.mailbox_hash = friend.mailbox_hash
        AND twin.id NOT IN (referee, referrer)
    JOIN referrals AS referral ON referral.merchant_id = pair.merchant_id AND referral.customer_id = twin.id
    GROUP BY pair.id
    UNION ALL
    SELECT pair.id, '{Signal.CROWD}', max(newcomers)::int
    FROM pair JOIN referrals_customertrace AS theirs ON theirs.customer_id = referee
        AND theirs.kind IN ('{TraceKind.DEVICE}', '{TraceKind.BROWSER}')
    CROSS JOIN LATERAL (
        SELECT count(*) AS newcomers FROM referrals_customertrace AS other
        WHERE other.merchant_id = pair.merchant_id AND other.kind = theirs.kind
            AND other.trace_hash = theirs.trace_hash AND other.first_seen_at > now - interval '1 day'
    ) AS crowd
    GROUP BY pair.id HAVING max(newcomers) > {NEWCOMERS_A_DAY}
    UNION ALL
    SELECT pair.id, '{Signal.BURST}', count(*)::int
    FROM pair JOIN referrals AS referral ON referral.referrer_id = referrer
        AND referral.claimed_at > now - interval '1 day' AND referral.claimed_at <= now
    GROUP BY pair.id HAVING count(*) > {FRIENDS_A_DAY}
    UNION ALL
    SELECT pair.id, '{Signal.COUPON_SITE}', count(*)::int
    FROM pair JOIN referrals_sharelink AS link ON link.code_id = pair.code
    JOIN referrals_click AS click ON click.link_id = link.id AND click.coupon_site <> ''
        AND click.clicked_at > now - interval '30 days'
    GROUP BY pair.id HAVING count(*) >= {COUPON_CLICKS}
    UNION ALL
    SELECT id, '{Signal.RING}', length FROM chain WHERE reached = referee
    """  # noqa: S608 (its parts are ours)
