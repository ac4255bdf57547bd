"""The nouns of the top floor: what for."""

from fulfillment.models.appointments import Appointment, AppointmentState, Slot
from fulfillment.models.assignments import Assignment, AssignmentState
from fulfillment.models.notes import Note
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
from fulfillment.models.photos import Photo
from fulfillment.models.redemptions import Redemption, Status
from fulfillment.models.repair_rewards import RepairReward
from fulfillment.models.service_records import ServiceKind, ServiceRecord, ServiceState
from fulfillment.models.shipments import Shipment
from fulfillment.models.status_moves import StatusMove
from fulfillment.models.technicians import Technician, TimeOff, Weekday, WorkingHours
from fulfillment.models.webhooks import Delivery, DeliveryState, EndpointState, WebhookEndpoint

__all__ = [
    "Appointment",
    "AppointmentState",
    "Assignment",
    "AssignmentState",
    "Channel",
    "ContactPreference",
    "Delivery",
    "DeliveryState",
    "EndpointState",
    "Message",
    "MessageState",
    "Note",
    "Notification",
    "OutboxReader",
    "Photo",
    "PushSubscription",
    "Redemption",
    "RepairReward",
    "ServiceKind",
    "ServiceRecord",
    "ServiceState",
    "Shipment",
    "Slot",
    "Status",
    "StatusMove",
    "Technician",
    "TimeOff",
    "Voice",
    "WebhookEndpoint",
    "Weekday",
    "Wording",
    "WorkingHours",
]
