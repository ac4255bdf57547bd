"""Erasing a person, the top floor's part included."""

from datetime import datetime

from fulfillment.services.notifications.inbox import forget_contact
from referrals.models.customers import Customer
from rewards.services import erasure


def erase_customer(*, customer: Customer, now: datetime, reason: str, actor: str = "command") -> bool:
    """Forget who a customer is, and how they could be reached; see `rewards.services.erasure.erase_customer`.

    :raises RedisAway: if it cannot be done at the moment.
    :raises CustomerBusy: if somebody else held the customer at every try.
    """
    return erasure.erase_customer(
        customer=customer,
        now=now,
        reason=reason,
        actor=actor,
        forget_above=lambda person: forget_contact(customer_id=person.pk),
    )
