from django.apps import AppConfig


class FulfillmentConfig(AppConfig):
    """What for: what is delivered, to whom, by whom."""

    name = "fulfillment"
