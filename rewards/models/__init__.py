"""The nouns of the third floor: why."""

from rewards.models.backtests import Backtest, BacktestOutcome, BacktestState
from rewards.models.badges import Badge, BadgeAward
from rewards.models.campaigns import Campaign, Participation
from rewards.models.catalog import Category, DiscountType, Kind, Period, RewardOption, RewardType
from rewards.models.counters import Counter, LimitUse
from rewards.models.coupons import Coupon, CouponPool, CouponState
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.models.experiments import Experiment, ExperimentRound, ExperimentState
from rewards.models.grants import Grant, GrantState
from rewards.models.partners import Partner, Settlement
from rewards.models.policies import ChangeAction, Policy, PolicyChange, PolicyVersion, VersionStatus
from rewards.models.policy_days import Occurrence, PolicyDay
from rewards.models.recommendations import OptionAffinity, OptionPopularity
from rewards.models.segments import Segment, SegmentMember
from rewards.models.sessions import CheckoutTerms, PurchaseSession, SessionState
from rewards.models.takings import Taking

__all__ = [
    "Backtest",
    "BacktestOutcome",
    "BacktestState",
    "Badge",
    "BadgeAward",
    "Campaign",
    "Category",
    "ChangeAction",
    "CheckoutTerms",
    "Counter",
    "Coupon",
    "CouponPool",
    "CouponState",
    "DiscountType",
    "Evaluation",
    "EvaluationState",
    "Experiment",
    "ExperimentRound",
    "ExperimentState",
    "Grant",
    "GrantState",
    "Kind",
    "LimitUse",
    "Occurrence",
    "OptionAffinity",
    "OptionPopularity",
    "Participation",
    "Partner",
    "Period",
    "Policy",
    "PolicyChange",
    "PolicyDay",
    "PolicyVersion",
    "PurchaseSession",
    "RewardOption",
    "RewardType",
    "Segment",
    "SegmentMember",
    "SessionState",
    "Settlement",
    "Taking",
    "Trigger",
    "VersionStatus",
]
