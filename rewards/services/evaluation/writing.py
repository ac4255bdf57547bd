"""Writing what a batch decided."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from config.lib.bulk import copy_rows, execute_rows
from rewards.models.badges import Badge, BadgeAward
from rewards.models.catalog import RewardOption
from rewards.models.evaluations import Evaluation, EvaluationState
from rewards.models.grants import Grant, GrantState

CHILD_COLUMNS = (
    "id", "merchant_id", "trigger", "subject_type", "subject_id", "customer_id", "occurred_at", "cause_id", "depth",
    "state", "attempts", "due_at", "failure", "decision", "created_at", "evaluated_at",
)  # fmt: skip


class Occasion(msgspec.Struct, frozen=True):
    """What is decided about: a work order, or a consequence of one (then it has a cause)."""

    evaluation_id: int
    trigger: str
    subject_type: str
    subject_id: int
    customer_id: int
    occurred_at: datetime
    cause_id: int | None = None
    depth: int = 0


class NewBadge(msgspec.Struct, frozen=True):
    """A badge that an evaluation awards."""

    customer_id: int
    code: str
    evaluation_id: int


class NewGrant(msgspec.Struct, frozen=True):
    """A grant that is about to be written."""

    customer_id: int
    option: str
    quantity: int
    evaluation_id: int
    policy_version_id: int
    key: str
    state: GrantState = GrantState.ISSUED


def write_decisions(*, merchant_id: int, decided: Sequence[tuple[Occasion, dict[str, Any]]], now: datetime) -> None:
    """Close the work orders, and write their consequences beside them."""
    execute_rows(
        """
        UPDATE rewards_evaluation AS evaluation SET state = 'done', decision = done.decision, evaluated_at = %s
        FROM jsonb_to_recordset(%s) AS done (id bigint, decision jsonb)
        WHERE evaluation.id = done.id
        """,
        [
            {"id": occasion.evaluation_id, "decision": decision}
            for occasion, decision in decided
            if occasion.cause_id is None
        ],
        before=[now],
    )
    consequences = [(occasion, decision) for occasion, decision in decided if occasion.cause_id is not None]
    if consequences:
        copy_rows(
            Evaluation,
            CHILD_COLUMNS,
            (
                (
                    it.evaluation_id, merchant_id, it.trigger, it.subject_type, it.subject_id, it.customer_id,
                    it.occurred_at, it.cause_id, it.depth, EvaluationState.DONE, 0, now, "",
                    msgspec.json.encode(decision).decode(), now, now,
                )
                for it, decision in consequences
            ),
        )  # fmt: skip


def write_badges(*, merchant_id: int, awards: Sequence[NewBadge], now: datetime) -> None:
    """Write badges; one that was taken back is given again.

    :raises Badge.DoesNotExist: if a policy awards a badge that the merchant does not have.
    """
    if not awards:
        return
    codes = {award.code for award in awards}
    badges = dict(Badge.objects.filter(merchant=merchant_id, code__in=codes).values_list("code", "id"))
    if unknown := codes - badges.keys():
        raise Badge.DoesNotExist(f"There is no badge {', '.join(sorted(unknown))}.")
    execute_rows(
        """
        INSERT INTO rewards_badgeaward (merchant_id, badge_id, customer_id, evaluation_id, awarded_at)
        SELECT %s, badge, customer, evaluation, %s
        FROM json_to_recordset(%s) AS award (badge bigint, customer bigint, evaluation bigint)
        ON CONFLICT (customer_id, badge_id) DO UPDATE
        SET evaluation_id = EXCLUDED.evaluation_id, awarded_at = EXCLUDED.awarded_at, revoked_at = NULL
        """,
        [
            {"badge": badges[award.code], "customer": award.customer_id, "evaluation": award.evaluation_id}
            for award in awards
        ],
        before=[merchant_id, now],
    )


def revoke_badge(badge: NewBadge, *, now: datetime) -> bool:
    """Take back a badge that an evaluation awarded.

    :returns: whether it was there; False if it was taken back, or awarded by another evaluation since.
    """
    held = BadgeAward.objects.filter(customer=badge.customer_id, badge__code=badge.code, revoked_at=None)
    return bool(held.filter(evaluation=badge.evaluation_id).update(revoked_at=now))


def write_grants(*, merchant_id: int, grants: Sequence[NewGrant], zone: ZoneInfo, now: datetime) -> None:
    """Write grants, each valid as long as its option says.

    :param zone: the merchant's.
    :raises RewardOption.DoesNotExist: if a policy grants an option that the merchant does not have.
    """
    if not grants:
        return
    codes = {grant.option for grant in grants}
    options = {option.code: option for option in RewardOption.objects.filter(merchant=merchant_id, code__in=codes)}
    if unknown := codes - options.keys():
        raise RewardOption.DoesNotExist(f"There is no reward option {', '.join(sorted(unknown))}.")
    Grant.objects.bulk_create(
        Grant(
            merchant_id=merchant_id,
            customer_id=grant.customer_id,
            option=options[grant.option],
            quantity=grant.quantity,
            evaluation_id=grant.evaluation_id,
            policy_version_id=grant.policy_version_id,
            key=grant.key,
            state=grant.state,
            issued_at=now,
            expires_at=options[grant.option].valid_until(now, zone),
        )
        for grant in grants
    )
