"""The staff pages of the third floor."""

from rewards.admin import catalog, evaluations, policies, reviews

__all__ = ["catalog", "evaluations", "policies", "reviews"]
