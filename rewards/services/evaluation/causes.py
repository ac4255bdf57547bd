"""Why points wait, and how the cause of an award is named."""

from credits.services.ledger_rows import Cause
from rewards.engine.decision import Award
from rewards.engine.triggers import BUYER, CUSTOMER
from rewards.services.evaluation.writing import Occasion

AWAITS_PAYMENT = "payment"
AWAITS_REVIEW = "risk_review"
AWAITS_EMAIL = "email"


def is_for_referral(trigger: str, award: Award) -> bool:
    """Whether an award is given because somebody was referred; what people earn by themselves never waits for that."""
    return award.beneficiary != BUYER and (award.beneficiary != CUSTOMER or trigger.startswith("referral."))


def cause_key(evaluation_id: int, award: Award) -> str:
    """The name of an award's cause: the same cause never has a second effect.

    A milestone is named by whose count reached what number, so it is paid once for ever; anything else by the
    evaluation that gave it.
    """
    if award.milestone is not None:
        counted = f"{award.scope}:{award.measure}:{award.subject_id}"
        return f"milestone:{award.policy_id}:{award.customer_id}:{counted}:{award.milestone}"
    return f"award:{evaluation_id}:{award.policy_id}:{award.beneficiary}"


def cause_of(occasion: Occasion, award: Award) -> Cause:
    """Why points of an award are posted."""
    arguments: dict[str, int | str] = {"policy": award.policy_id, "as": award.beneficiary}
    if award.milestone is not None:
        arguments["milestone"] = award.milestone
    return Cause(
        cause_key(occasion.evaluation_id, award),
        occasion.subject_type,
        occasion.subject_id,
        occasion.evaluation_id,
        award.version_id,
        occasion.trigger,
        arguments,
        occasion.occurred_at,
    )
