"""People who use the product in a browser."""

import secrets

import pytest
from django.contrib.auth.models import Permission

from referrals.services.staff import ensure_roles, make_staff
from tests.factories.referrals import MerchantFactory, UserFactory
from tests.house.world import world

__all__ = ["world"]


@pytest.fixture
def own(db):
    """The merchant that staff work for."""
    return MerchantFactory(name="Our Orchard")


@pytest.fixture
def foreign(db):
    """A merchant that staff do not work for."""
    return MerchantFactory(name="Their Vineyard")


@pytest.fixture
def staff(client, own):
    """A browser in which somebody is signed in who may do everything, for one merchant."""
    person = UserFactory(is_staff=True, merchants=[own])
    person.user_permissions.set(Permission.objects.all())
    client.force_login(person)
    return client


@pytest.fixture
def as_role(client, own):
    """Signs somebody in who works for one merchant in the role that is asked for; the person is returned."""
    ensure_roles()

    def sign_in(role):
        person = UserFactory()
        make_staff(user=person, role=role, merchants=[own])
        client.force_login(person)
        return person

    return sign_in


@pytest.fixture
def superuser(client, db):
    """A browser in which a superuser is signed in."""
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def visitor(client, db):
    """A browser with an address of its own, so that limits which other tests used up do not count against it."""
    client.defaults["REMOTE_ADDR"] = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
    return client
