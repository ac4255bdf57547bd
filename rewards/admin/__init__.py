"""The staff pages of the third floor."""

from rewards.admin import campaigns, catalog, coupons, evaluations, policies, reviews, segments

__all__ = ["campaigns", "catalog", "coupons", "evaluations", "policies", "reviews", "segments"]
