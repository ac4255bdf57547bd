from importlib import import_module

from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    """Who: people, merchants, who brought whom, and what they bought."""

    name = "referrals"

    def ready(self) -> None:
        """Tell the API document of our keys: it learns of them by the import."""
        import_module("referrals.api.schema")
