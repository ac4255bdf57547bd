"""Whether a friend may join by the code that they brought, and the reasons why not."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from config.lib.bulk import execute_rows
from config.lib.prepared import execute_prepared
from referrals.models.risk import Signal
from referrals.services.codes import is_slip
from referrals.services.risk import Block
from referrals.services.twins import Twin, find_twins

MISTYPED_CODE = "mistyped_code"
UNKNOWN_CODE = "unknown_code"
CODE_RETIRED = "code_retired"
NOT_STARTED = "not_started"
ENDED = "ended"
USED_UP = "used_up"
NOT_FOR_YOU = "not_for_you"
OWN_CODE = "own_code"
EXISTING_CUSTOMER = "existing_customer"
ALREADY_REFERRED = "already_referred"
NOT_ACCEPTED = "not_accepted"
"""Said of whoever is known as another customer: it does not tell what is known, nor of whom."""


class Claim(msgspec.Struct, frozen=True):
    """A friend came with a code; `key` is the caller's own name for the claim.

    `share_link_id` is the link of that code by which they came, if it is known.
    """

    key: int
    referee_id: int
    code: str
    occurred_at: datetime
    share_link_id: int | None = None


class KnownCode(msgspec.Struct):
    """What is on record of a referral code; one with a limit is under lock."""

    id: int
    customer_id: int
    retired_at: datetime | None
    starts_at: datetime | None
    ends_at: datetime | None
    uses_max: int | None
    uses: int
    friend_id: int | None
    friend_email_hash: bytes | None


class Record(msgspec.Struct):
    """All that decides about some claims: their codes, and who the friends are."""

    codes: Mapping[str, KnownCode]
    first_purchases: Mapping[int, datetime]
    email_hashes: Mapping[int, bytes | None]
    twins: Mapping[int, Sequence[Twin]]
    blocked: list[Block] = []
    joining: set[int] = set()

    def judge(self, claim: Claim, *, link_id: int | None) -> tuple[KnownCode | None, str]:
        """The code that is claimed, and the code of the reason why it is refused, empty if it is not.

        :param link_id: the code by which the friend has joined already.
        """
        code = self.codes.get(claim.code)
        if code is None:
            return None, MISTYPED_CODE if is_slip(claim.code) else UNKNOWN_CODE
        if code.customer_id == claim.referee_id:
            return code, OWN_CODE
        if link_id is not None:
            return code, "" if link_id == code.id else ALREADY_REFERRED
        reason = self._out_of_time(code, claim.occurred_at) or self._not_theirs(code, claim)
        if not reason and (kind := self._known_otherwise(code, claim)):
            self.blocked.append(Block(claim.referee_id, code.customer_id, kind))
            reason = NOT_ACCEPTED
        return code, reason

    def use(self, code: KnownCode, referee_id: int) -> None:
        """One more friend joins by it."""
        self.joining.add(referee_id)
        if code.uses_max is not None:
            code.uses += 1

    def _out_of_time(self, code: KnownCode, at: datetime) -> str:
        if code.retired_at is not None and code.retired_at <= at:
            return CODE_RETIRED
        if code.starts_at is not None and at < code.starts_at:
            return NOT_STARTED
        return ENDED if code.ends_at is not None and code.ends_at <= at else ""

    def _not_theirs(self, code: KnownCode, claim: Claim) -> str:
        if code.friend_id not in {None, claim.referee_id}:
            return NOT_FOR_YOU
        if code.friend_email_hash not in {None, self.email_hashes.get(claim.referee_id)}:
            return NOT_FOR_YOU
        if code.uses_max is not None and code.uses >= code.uses_max:
            return USED_UP
        first_purchase = self.first_purchases.get(claim.referee_id)
        return EXISTING_CUSTOMER if first_purchase is not None and first_purchase < claim.occurred_at else ""

    def _known_otherwise(self, code: KnownCode, claim: Claim) -> str:
        """By what the friend turns out to be the referrer, a customer who bought, or a friend who was referred."""
        twins = self.twins.get(claim.referee_id, ())
        for twin in twins:
            if twin.customer_id == code.customer_id:
                return twin.mark
        for twin in twins:
            if twin.mark == Signal.SAME_PAYMENT:  # A family may pay with one card: that is looked at, not refused.
                continue
            if twin.first_purchase_at is not None and twin.first_purchase_at < claim.occurred_at:
                return Signal.KNOWN_CUSTOMER
            if twin.claimed_at is not None or twin.customer_id in self.joining:
                return Signal.KNOWN_FRIEND
        return ""


def hold_codes(*, merchant_id: int, codes: Collection[str]) -> None:
    """Lock those of these codes that have a limit, by id: what is counted under the lock is never exceeded."""
    if codes:
        execute_prepared(
            "SELECT id FROM referrals_referralcode WHERE merchant_id = %s AND code = ANY(%s) AND uses_max IS NOT NULL"
            " ORDER BY id FOR NO KEY UPDATE",
            [merchant_id, list(codes)],
        )


def read_record(*, merchant_id: int, claims: Sequence[Claim], newcomers: Collection[int]) -> Record:
    """Read what decides about claims; codes with a limit are locked already. Slips are not even looked up.

    :param newcomers: those who have no referral yet.
    """
    wanted = {claim.code for claim in claims if not is_slip(claim.code)}
    referees = list({claim.referee_id for claim in claims})
    rows = execute_prepared(
        "SELECT code, id, customer_id, retired_at, starts_at, ends_at, uses_max, uses, friend_id, friend_email_hash"
        " FROM referrals_referralcode WHERE merchant_id = %s AND code = ANY(%s)",
        [merchant_id, list(wanted)],
    )
    codes = {code: KnownCode(*of_code) for code, *of_code in rows}
    emails_matter = any(code.friend_email_hash is not None for code in codes.values())
    return Record(
        codes=codes,
        first_purchases=dict(
            execute_prepared(
                "SELECT customer_id, min(occurred_at) FROM referrals_purchase WHERE customer_id = ANY(%s)"
                " GROUP BY customer_id",
                [referees],
            )
        ),
        email_hashes=dict(
            execute_prepared("SELECT id, email_hash FROM referrals_customer WHERE id = ANY(%s)", [referees])
            if emails_matter
            else ()
        ),
        twins=find_twins(
            merchant_id=merchant_id,
            newcomers={claim.referee_id for claim in claims if claim.code in codes} & set(newcomers),
        ),
    )


def count_uses(codes: Iterable[KnownCode]) -> None:
    """Count friends who joined, on those codes that have a limit and are therefore locked."""
    execute_rows(
        """
        UPDATE referrals_referralcode AS code SET uses = code.uses + joined.friends
        FROM (SELECT id, count(*) AS friends FROM json_to_recordset(%s) AS use (id bigint) GROUP BY id) AS joined
        WHERE code.id = joined.id
        """,
        [{"id": code.id} for code in codes if code.uses_max is not None],
    )
