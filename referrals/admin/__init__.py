"""The staff pages of the ground floor."""

from referrals.admin import (
    api_keys,
    audit,
    codes,
    customers,
    doors,
    facts,
    links,
    merchants,
    referrals,
    rfm,
    sharing,
    users,
)

__all__ = [
    "api_keys",
    "audit",
    "codes",
    "customers",
    "doors",
    "facts",
    "links",
    "merchants",
    "referrals",
    "rfm",
    "sharing",
    "users",
]
