"""The staff pages of the third floor."""

from rewards.admin import catalog, coupons, evaluations, partners, policies, sessions

__all__ = ["catalog", "coupons", "evaluations", "partners", "policies", "sessions"]
