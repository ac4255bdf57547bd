"""What a decision keeps of what it looked at: small, and enough to show afterwards what each condition saw."""

from typing import Any

from rewards.engine.facts import Facts
from rewards.engine.policy import PolicySet
from rewards.models.evaluations import Trigger


def inputs_of(facts: Facts, policies: PolicySet) -> dict[str, Any]:
    """What cannot be read again from the facts themselves, as far as any policy asks for it."""
    inputs: dict[str, Any] = {"tier": facts.buyer.tier, "purchases": facts.buyer.purchases}
    if policies.ask_about_referrals:
        referrer = facts.referrer
        inputs["referrer"] = [referrer.tier, referrer.purchases] if referrer is not None else None
    if policies.ask_for_rfm:
        inputs["rfm"] = facts.buyer.rfm
    if policies.name_segments:
        inputs["segments"] = facts.buyer.segments
    if facts.trigger == Trigger.TIER_CHANGED:
        inputs["tiers"] = [facts.reached_tier, facts.previous_tier]
    return inputs
