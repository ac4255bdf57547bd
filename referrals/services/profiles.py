"""What customers say of themselves, on their own pages."""

from datetime import date, datetime

from django.db import transaction

from referrals.models.customers import Customer
from referrals.services.customers import legible_name, set_birthday


def change_profile(
    *, customer: Customer, name: str, shows_first_name: bool, birthday: date | None, now: datetime
) -> None:
    """Note what a customer says of themselves; nothing is changed of somebody who was erased meanwhile.

    :param birthday: None leaves it as it is.
    :raises BirthdayConflict: if another birthday is told again within a year of the last change.
    """
    with transaction.atomic():
        known = Customer.objects.select_for_update().filter(pk=customer.pk, erased_at=None).first()
        if known is None:
            return
        known.name = legible_name(name)
        known.shows_first_name = shows_first_name
        if birthday is not None:
            set_birthday(known, birthday, now)
        known.save(update_fields=["name", "shows_first_name", "birthday", "birthday_changed_at"])
