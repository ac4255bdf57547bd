"""The staff pages of the third floor."""

from rewards.admin import campaigns, catalog, coupons, evaluations, policies, reviews, segments, trying

__all__ = ["campaigns", "catalog", "coupons", "evaluations", "policies", "reviews", "segments", "trying"]
