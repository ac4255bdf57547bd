"""The nouns of the third floor: why."""

from rewards.models.backtests import Backtest, BacktestOutcome, BacktestState
from rewards.models.catalog import Category, DiscountType, RewardOption, RewardType
from rewards.models.counters import Counter, LimitUse
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.models.grants import Grant, GrantState
from rewards.models.policies import ChangeAction, Policy, PolicyChange, PolicyVersion, VersionStatus

__all__ = [
    "Backtest",
    "BacktestOutcome",
    "BacktestState",
    "Category",
    "ChangeAction",
    "Counter",
    "DiscountType",
    "Evaluation",
    "EvaluationState",
    "Grant",
    "GrantState",
    "LimitUse",
    "Policy",
    "PolicyChange",
    "PolicyVersion",
    "RewardOption",
    "RewardType",
    "Trigger",
    "VersionStatus",
]
