"""The nouns of the third floor: why."""

from rewards.models.badges import Badge, BadgeAward
from rewards.models.campaigns import Campaign, Participation
from rewards.models.catalog import Category, DiscountType, RewardOption, RewardType
from rewards.models.counters import Counter, LimitUse
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.models.grants import Grant, GrantState
from rewards.models.policies import Policy, PolicyVersion, VersionStatus
from rewards.models.segments import Segment, SegmentMember

__all__ = [
    "Badge",
    "BadgeAward",
    "Campaign",
    "Category",
    "Counter",
    "DiscountType",
    "Evaluation",
    "EvaluationState",
    "Grant",
    "GrantState",
    "LimitUse",
    "Participation",
    "Policy",
    "PolicyVersion",
    "RewardOption",
    "RewardType",
    "Segment",
    "SegmentMember",
    "Trigger",
    "VersionStatus",
]
