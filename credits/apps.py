from django.apps import AppConfig


class CreditsConfig(AppConfig):
    """How much: the points ledger and the tiers."""

    name = "credits"
