from django.apps import AppConfig, apps

from config.lib.words import translate_words

FLOORS = ("referrals", "credits", "rewards", "fulfillment")
NAMED = (*FLOORS, "mfa", "usersessions")
"""Whose models and columns we name in other languages: ours, and those of libraries that name them in English only."""


class GrapevineConfig(AppConfig):
    """The composition root; an app only so that commands which cross all floors have a home."""

    name = "config"
    label = "grapevine"

    def ready(self) -> None:
        """Have staff read what models are called in their own language."""
        for app in NAMED:
            translate_words(apps.get_app_config(app))
