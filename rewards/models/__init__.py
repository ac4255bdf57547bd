"""The nouns of the third floor: why."""

from rewards.models.catalog import Category, DiscountType, Kind, Period, RewardOption, RewardType
from rewards.models.counters import Counter, LimitUse
from rewards.models.coupons import Coupon, CouponPool, CouponState
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.models.grants import Grant, GrantState
from rewards.models.partners import Partner, Settlement
from rewards.models.policies import Policy, PolicyVersion, VersionStatus
from rewards.models.sessions import CheckoutTerms, PurchaseSession, SessionState
from rewards.models.takings import Taking

__all__ = [
    "Category",
    "CheckoutTerms",
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
    "Partner",
    "Period",
    "Policy",
    "PolicyVersion",
    "PurchaseSession",
    "RewardOption",
    "RewardType",
    "SessionState",
    "Settlement",
    "Taking",
    "Trigger",
    "VersionStatus",
]
