"""Places in slots: booked by a conditional update, so that there are never more than there are."""

from django.db.models import F

from config.lib.errors import DomainError
from fulfillment.models.appointments import Appointment, Slot


class SlotFull(DomainError):
    """There are not as many places left at that time."""

    code = "slot_full"


def take_places(slot: Slot, places: int) -> None:
    """Take places in a slot.

    :raises SlotFull: if there are not as many.
    """
    free = Slot.objects.filter(pk=slot.pk, taken__lte=F("places") - places)
    if not free.update(taken=F("taken") + places):
        raise SlotFull


def lock_slots(*slot_ids: int) -> None:
    """Lock slots in the order of their ids, so that two who change places do not wait for each other."""
    list(Slot.objects.select_for_update().filter(pk__in=slot_ids).order_by("pk").values_list("pk"))


def free_places(appointment: Appointment) -> None:
    """Free the places of an appointment that will not be kept."""
    Slot.objects.filter(pk=appointment.slot_id).update(taken=F("taken") - appointment.places)
