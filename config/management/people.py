"""Customers, technicians and staff with logins, for the demo and for acceptance."""

from datetime import datetime

from django.db import transaction

from config.lib.errors import NotFound
from fulfillment.models.technicians import Technician
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.users import User
from referrals.selectors import get_customer
from referrals.services.customers import Identity, register_customer
from referrals.services.logins import make_login
from referrals.services.staff import Role, make_staff
from rewards.services.confirmations import confirm_email


def find_customer(*, slug: str, reference: str) -> Customer:
    """A merchant's customer, by the merchant's id of them or ours.

    :raises NotFound: if there is no such merchant, or customer.
    """
    merchant = Merchant.objects.filter(slug=slug).first()
    if merchant is None:
        raise NotFound("There is no such merchant.")
    return get_customer(merchant=merchant, reference=reference)


def ensure_login(*, email: str, encoded: str, name: str) -> User:
    """The person with this e-mail, made if missing, who can sign in with this password.

    :param encoded: the password as it is stored. Whoever has it already keeps their sessions.
    """
    user = User.objects.filter(email=email).first() or make_login(email=email, name=name)
    _give_password(user, encoded)
    return user


def ensure_customer(
    *, merchant: Merchant, external_id: str, name: str, email: str, encoded: str, now: datetime
) -> tuple[Customer, User]:
    """A customer with a login; of one who has a login already, only the password is put right.

    :returns: the customer, and the person who signs in.
    """
    with transaction.atomic():
        customer = Customer.objects.filter(merchant=merchant, external_id=external_id).first()
        user = customer.user if customer else None
        if customer is None or user is None:
            identity = Identity(external_id=external_id, email=email, name=name)
            customer, _ = register_customer(merchant=merchant, identity=identity, now=now)
            customer.user = user = ensure_login(email=email, encoded=encoded, name=name)
            customer.save(update_fields=["user"])
            confirm_email(customer=customer, now=now)
        _give_password(user, encoded)
    return customer, user


def ensure_technician(*, merchant: Merchant, name: str, email: str, encoded: str) -> Technician:
    """A technician who works for a merchant, with a login."""
    user = ensure_login(email=email, encoded=encoded, name=name)
    user.merchants.add(merchant)
    return Technician.objects.get_or_create(merchant=merchant, user=user)[0]


def ensure_staff(*, merchant: Merchant, role: Role, name: str, email: str, encoded: str) -> User:
    """A member of a merchant's staff, with a login."""
    user = ensure_login(email=email, encoded=encoded, name=name)
    make_staff(user=user, role=role, merchants=[merchant])
    return user


def _give_password(user: User, encoded: str) -> None:
    if user.password != encoded:
        user.password = encoded
        user.save(update_fields=["password"])
