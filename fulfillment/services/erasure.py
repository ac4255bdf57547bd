"""Erasing a person, with what the top floor knows of them: addresses, notes, photos, words, and ways to reach them."""

from datetime import datetime

from fulfillment.models.notes import Note
from fulfillment.models.photos import Photo
from fulfillment.models.redemptions import Redemption
from fulfillment.models.service_records import ServiceRecord
from fulfillment.models.shipments import Shipment
from fulfillment.services.notifications.inbox import forget_contact
from referrals.models.customers import Customer
from referrals.selectors import of_person
from rewards.services import erasure


def erase_customer(*, customer: Customer, now: datetime, reason: str, actor: str = "command") -> bool:
    """Forget who a customer is, on all floors: all of it or nothing (see `rewards.services.erasure`).

    What is on its way to them by post loses its address, and has to be rejected.

    :raises RedisAway: if it cannot be done at the moment.
    :raises CustomerBusy: if somebody else held the customer at every try.
    """
    return erasure.erase_customer(customer=customer, now=now, reason=reason, actor=actor, forget=_forget_words)


def _forget_words(person: Customer) -> None:
    redemptions = Redemption.objects.filter(of_person(person.pk))
    Shipment.objects.filter(redemption__in=redemptions).update(address="", tracking="")
    Note.objects.filter(redemption__in=redemptions).delete()
    Photo.objects.filter(redemption__in=redemptions).delete()
    ServiceRecord.objects.filter(of_person(person.pk)).update(title="")
    forget_contact(person)
