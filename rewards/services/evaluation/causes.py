"""Why points wait, and how the cause of an award is named."""

from rewards.engine.decision import Award

AWAITS_PAYMENT = "payment"
AWAITS_EMAIL = "email"


def cause_key(evaluation_id: int, award: Award) -> str:
    """The name of an award's cause: the same cause never has a second effect.

    A milestone is named by whose count reached what number, so it is paid once for ever; anything else by the
    evaluation that gave it.
    """
    if award.milestone is not None:
        counted = f"{award.scope}:{award.measure}:{award.subject_id}"
        return f"milestone:{award.policy_id}:{award.customer_id}:{counted}:{award.milestone}"
    return f"award:{evaluation_id}:{award.policy_id}:{award.beneficiary}"
