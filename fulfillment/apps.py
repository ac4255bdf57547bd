from importlib import import_module

from django.apps import AppConfig


class FulfillmentConfig(AppConfig):
    """What for: what is delivered, to whom, by whom."""

    name = "fulfillment"

    def ready(self) -> None:
        """Join in when the floor below tells or forgets all that is known of a person."""
        import_module("fulfillment.services.persons")
