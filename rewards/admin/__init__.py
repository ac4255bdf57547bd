"""The staff pages of the third floor."""

from rewards.admin import catalog, coupons, evaluations, policies, reviews

__all__ = ["catalog", "coupons", "evaluations", "policies", "reviews"]
