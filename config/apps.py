from django.apps import AppConfig, apps

from config.lib.words import translate_words

FLOORS = ("referrals", "credits", "rewards", "fulfillment")


class GrapevineConfig(AppConfig):
    """The composition root; an app only so that commands which cross all floors have a home."""

    name = "config"
    label = "grapevine"

    def ready(self) -> None:
        """Have staff read what the floors' models are called in their own language."""
        for floor in FLOORS:
            translate_words(apps.get_app_config(floor))
