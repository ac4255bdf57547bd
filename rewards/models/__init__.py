"""The nouns of the third floor: why."""

from rewards.models.catalog import Category, DiscountType, Kind, Period, RewardOption, RewardType
from rewards.models.counters import Counter, LimitUse
from rewards.models.coupons import Coupon, CouponPool, CouponState
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.models.grants import Grant, GrantState
from rewards.models.policies import Policy, PolicyVersion, VersionStatus
from rewards.models.takings import Taking

__all__ = [
    "Category",
    "Counter",
    "Coupon",
    "CouponPool",
    "CouponState",
    "DiscountType",
    "Evaluation",
    "EvaluationState",
    "Grant",
    "GrantState",
    "Kind",
    "LimitUse",
    "Period",
    "Policy",
    "PolicyVersion",
    "RewardOption",
    "RewardType",
    "Taking",
    "Trigger",
    "VersionStatus",
]
