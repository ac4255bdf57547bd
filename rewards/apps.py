from django.apps import AppConfig


class RewardsConfig(AppConfig):
    """Why: the rules that turn facts into points and gifts."""

    name = "rewards"
