"""The nouns of the top floor: what for."""

from fulfillment.models.notifications import (
    Channel,
    ContactPreference,
    Message,
    MessageState,
    Notification,
    PushSubscription,
    Voice,
    Wording,
)
from fulfillment.models.outbox import OutboxReader
from fulfillment.models.technicians import Technician
from fulfillment.models.webhooks import Delivery, DeliveryState, EndpointState, WebhookEndpoint

__all__ = [
    "Channel",
    "ContactPreference",
    "Delivery",
    "DeliveryState",
    "EndpointState",
    "Message",
    "MessageState",
    "Notification",
    "OutboxReader",
    "PushSubscription",
    "Technician",
    "Voice",
    "WebhookEndpoint",
    "Wording",
]
