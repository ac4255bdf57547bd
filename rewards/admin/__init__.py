"""The staff pages of the third floor."""

from rewards.admin import catalog, evaluations, policies, trying

__all__ = ["catalog", "evaluations", "policies", "trying"]
