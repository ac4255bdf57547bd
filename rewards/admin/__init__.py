"""The staff pages of the third floor."""

from rewards.admin import campaigns, catalog, evaluations, policies, segments

__all__ = ["campaigns", "catalog", "evaluations", "policies", "segments"]
