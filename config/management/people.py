"""Customers, technicians and staff with logins, for the demo and for acceptance."""

from datetime import datetime

from django.db import transaction

from fulfillment.models.technicians import Technician
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.users import User
from referrals.services.codes import issue_code
from referrals.services.customers import Identity, register_customer
from referrals.services.logins import make_login
from referrals.services.staff import Role, make_staff


def ensure_login(*, email: str, encoded: str, name: str) -> User:
    """The person with this e-mail, made if missing, who can sign in with this password.

    :param encoded: the password as it is stored. Whoever has it already keeps their sessions.
    """
    user = User.objects.filter(email=email).first() or make_login(email=email, name=name)
    if user.password != encoded:
        user.password = encoded
        user.save(update_fields=["password"])
    return user


def ensure_customer(
    *, merchant: Merchant, external_id: str, name: str, email: str, encoded: str, now: datetime
) -> tuple[Customer, str]:
    """A customer with a login.

    :returns: the customer, and the code that they share.
    """
    with transaction.atomic():
        identity = Identity(external_id=external_id, email=email, name=name)
        customer, _ = register_customer(merchant=merchant, identity=identity, now=now)
        customer.user = ensure_login(email=email, encoded=encoded, name=name)
        customer.email_verified_at = customer.email_verified_at or now
        customer.save(update_fields=["user", "email_verified_at"])
        return customer, issue_code(customer=customer, now=now).code


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
