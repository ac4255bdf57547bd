"""The nouns of the third floor: why."""

from rewards.models.catalog import Category, DiscountType, RewardOption, RewardType
from rewards.models.counters import Counter, LimitUse
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.models.grants import Grant, GrantState
from rewards.models.policies import Policy, PolicyVersion, VersionStatus

__all__ = [
    "Category",
    "Counter",
    "DiscountType",
    "Evaluation",
    "EvaluationState",
    "Grant",
    "GrantState",
    "LimitUse",
    "Policy",
    "PolicyVersion",
    "RewardOption",
    "RewardType",
    "Trigger",
    "VersionStatus",
]
