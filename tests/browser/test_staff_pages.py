"""The staff admin, in a browser that obeys our security policy: every page of the map, in the light and the dark."""

import re
from contextlib import suppress
from functools import cache

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import get_resolver

from fulfillment.models import OutboxReader
from referrals.models import Customer
from tests.browser.visitor import DESKTOP
from tests.factories.credits import TierFactory
from tests.factories.referrals import UserFactory
from tests.house.test_authorisation import admin_pages, routes, some_row

pytestmark = pytest.mark.django_db(transaction=True)
OF_EVERY_NOUN = re.compile(r"^admin/\w+/\w+/(add/|<path:object_id>/(\w+/)?)?$")
"""The pages that Django makes for each noun: a list, a form, a history, and whether to delete it."""
OF_ONE_NOUN = ("referrals/customer/", "credits/account/<path:object_id>/change/")


@pytest.fixture
def ada(world, shop):
    """The browser of a superuser, beside whom there is something of everything that has no factory."""
    person = UserFactory(is_staff=True, is_superuser=True)
    Authenticator.objects.create(user=person, type="totp", data={})
    UserSession.objects.create(user=person, ip="127.0.0.1", session_key="nobodys")
    Group.objects.create(name="night shift")
    OutboxReader.objects.get_or_create(name="webhooks")
    TierFactory.reset_sequence(50)  # The shop has tiers already.
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def barriers(visit, ada, shop):
    """What keeps staff out of the pages whose routes are wanted, and how many pages those are."""
    nouns = {f"admin/{model._meta.app_label}/{model._meta.model_name}": model for model in admin_pages()}

    @cache
    def row(prefix):
        """The key of a row of the noun whose pages these are; of a customer, where they are of none."""
        with suppress(DatabaseError), transaction.atomic():  # A few rows cannot stand alone.
            return some_row(shop, nouns.get(prefix, Customer)).pk

    def find(wanted):
        visitor = visit(size=DESKTOP)
        visitor.come_as(ada)
        found, count = [], 0
        for route in filter(wanted, routes(get_resolver().url_patterns)):
            path = "/" + (
                re.sub(r"<[^>]+>", str(row("/".join(route.split("/")[:3]))), route) if "<" in route else route
            )
            answer = ada.get(path)
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                visitor.open(path)
                found += visitor.barriers_in_both_schemes()
                count += 1
        return found, count

    return find


def is_of_the_admin(route):
    return route.startswith("admin/") and "(" not in route


def stands_for_others(route):
    """Whether a page is the only one of its kind, or one of a few that stand for those of all nouns."""
    return is_of_the_admin(route) and (
        not OF_EVERY_NOUN.match(route) or any(route.startswith(f"admin/{noun}") for noun in OF_ONE_NOUN)
    )


def test_staff_are_kept_out_of_no_kind_of_page(barriers):
    found, count = barriers(stands_for_others)

    assert found == []
    assert count > 15


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_staff_are_kept_out_of_no_page_at_all(barriers):
    found, count = barriers(is_of_the_admin)

    assert not found, "\n".join(found)
    assert count > len(admin.site._registry) * 3
