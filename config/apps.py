from django.apps import AppConfig


class GrapevineConfig(AppConfig):
    """The composition root; an app only so that commands which cross all floors have a home."""

    name = "config"
    label = "grapevine"
