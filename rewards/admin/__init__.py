"""The staff pages of the third floor."""

from rewards.admin import (
    campaigns,
    catalog,
    coupons,
    evaluations,
    experiments,
    partners,
    policies,
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
    "reviews",
    "segments",
    "sessions",
    "trying",
]
