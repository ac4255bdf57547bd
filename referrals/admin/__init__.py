"""The staff pages of the ground floor."""

from referrals.admin import api_keys, codes, customers, facts, merchants, rfm, users

__all__ = ["api_keys", "codes", "customers", "facts", "merchants", "rfm", "users"]
