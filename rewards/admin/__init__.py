"""The staff pages of the third floor."""

from rewards.admin import (
    campaigns,
    catalog,
    coupons,
    evaluations,
    experiments,
    partners,
    policies,
    policy_days,
    reviews,
    segments,
    sessions,
    trying,
)

__all__ = [
    "campaigns",
    "catalog",
    "coupons",
    "evaluations",
    "experiments",
    "partners",
    "policies",
    "policy_days",
    "reviews",
    "segments",
    "sessions",
    "trying",
]
