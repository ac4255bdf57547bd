"""The nouns of the top floor: what for."""

from fulfillment.models.appointments import Appointment, AppointmentState, Slot
from fulfillment.models.assignments import Assignment, AssignmentState
from fulfillment.models.notes import Note
from fulfillment.models.redemptions import Redemption, Status
from fulfillment.models.repair_rewards import RepairReward
from fulfillment.models.service_records import ServiceKind, ServiceRecord, ServiceState
from fulfillment.models.shipments import Shipment
from fulfillment.models.status_moves import StatusMove
from fulfillment.models.technicians import Technician, TimeOff, Weekday, WorkingHours

__all__ = [
    "Appointment",
    "AppointmentState",
    "Assignment",
    "AssignmentState",
    "Note",
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
    "Weekday",
    "WorkingHours",
]
