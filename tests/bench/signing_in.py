"""Signs a customer of a merchant in, and prints the session: a process of its own, because it needs Django."""

import sys

import django

django.setup()

from django.test import Client  # noqa: E402

from referrals.models.customers import Customer  # noqa: E402
from referrals.models.users import User  # noqa: E402
from tests.bench.shopping import customer_id  # noqa: E402

HOST = 1
"""The number of a customer who brought many friends."""


def sign_in(merchant: str) -> str:
    """Give a customer a login, and let them in."""
    customer = Customer.objects.get(merchant__slug=merchant, external_id=customer_id(HOST))
    customer.user, customer.name = User.objects.create_user("host@example.com"), "Alice Liddell"
    customer.save()
    client = Client()
    client.force_login(customer.user)
    return client.cookies["sessionid"].value


if __name__ == "__main__":
    sys.stdout.write(sign_in(sys.argv[1]))
