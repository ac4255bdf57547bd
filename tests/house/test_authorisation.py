"""The authorisation matrix: every route of the map, by every method, as each of ten principals."""

import itertools
import json

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse
from django.test import Client
from django.urls import URLResolver, get_resolver, resolve, reverse

from config.lib.admin import SuperusersOnly
from fulfillment.models import Assignment, OutboxReader
from referrals.models import Customer
from referrals.services.api_keys import issue_api_key
from referrals.services.staff import Role, ensure_roles, make_staff
from tests.factories.credits import TierFactory
from tests.factories.fulfillment import (
    TechnicianFactory,
)
from tests.factories.referrals import UserFactory
from tests.house.admin_rights import ADMIN
from tests.house.authorisation import METHODS, PRINCIPALS
from tests.house.authorised_routes import ROUTES
from tests.house.test_admin_scope import row_of

pytestmark = pytest.mark.django_db
calls = itertools.count()


def routes(patterns, prefix=""):
    for pattern in patterns:
        route = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        else:
            yield route


def outside_the_admin():
    return {route for route in routes(get_resolver().url_patterns) if not route.startswith("admin/")}


@pytest.fixture
def principals(shop, new_merchant, world):
    """For each of the ten: the person whose browser asks, and the headers that go along."""
    ensure_roles()
    elsewhere = new_merchant("elsewhere")

    def key_of(merchant):
        return {"Authorization": f"Bearer {issue_api_key(merchant=merchant, name='Matrix')[1]}"}

    def staff(role, merchant=shop):
        person = UserFactory()
        make_staff(user=person, role=role, merchants=[merchant])
        return person

    people = {
        "C1": Customer.objects.get(external_id="alice").user,
        "C2": Customer.objects.get(external_id="bob").user,
        "T1": Assignment.objects.get(uuid=world["job"]).technician.user,
        "T2": TechnicianFactory(merchant=shop).user,
        "SU": staff(Role.SUPPORT),
        "MG": staff(Role.PROGRAMME_MANAGER),
        "AD": staff(Role.ADMINISTRATOR),
        "KB": staff(Role.PROGRAMME_MANAGER, elsewhere),
    }
    keys = {"KA": key_of(shop), "KB": key_of(elsewhere)}
    return {name: (people.get(name), keys.get(name, {})) for name in PRINCIPALS}


@pytest.fixture
def answered(shop, principals):
    """Ask as each of the ten, and undo it; what each is answered, in the words of the table.

    A person's browser also sends what their app would: the token of the same session.
    """
    clients, tokens = {}, {}
    for name, (person, _) in principals.items():
        clients[name] = Client()
        if person is not None:
            clients[name].force_login(person)
            tokens[name] = {"X-Session-Token": clients[name].session.session_key}

    def ask(name, method, path, body):
        headers = principals[name][1] | tokens.get(name, {}) | {"Idempotency-Key": f"matrix-{next(calls)}"}
        browser = Client() if path.startswith("/api/") and "Authorization" in headers else clients[name]
        with transaction.atomic():
            answer = browser.generic(method, path, json.dumps(body), "application/json", headers=headers)
            transaction.set_rollback(True)
        return in_words(answer)

    return ask


def in_words(answer):
    if answer.status_code in {401, 403, 404, 405}:
        return str(answer.status_code)
    if answer.status_code == 302 and answer["Location"].startswith(WAYS_IN):
        return "in"
    return "ok" if answer.status_code < 500 else str(answer.status_code)


def test_every_route_is_in_the_table_and_no_other():
    assert set(ROUTES) == outside_the_admin()


@pytest.mark.parametrize("method", METHODS)
def test_everybody_is_answered_as_the_table_says(world, answered, method):
    wrong = {}
    for route, row in ROUTES.items():
        if method not in row.asked:
            continue
        path = row.path.format(**world)
        for name, expected in row.expected(method).items():
            if (found := answered(name, method, path, row.body)) != expected:
                wrong[f"{method} {route} as {name}"] = f"{found}, not {expected}"
    assert not wrong, "\n".join(f"{what}: {found}" for what, found in wrong.items())


def admin_pages():
    """Each model with its admin, and the routes of the admin that are no page of a row or a list."""
    reverse("admin:index")  # The site is put together with the map of the product.
    return {model: admin.site.get_model_admin(model) for model in admin.site._registry}


def test_every_noun_of_the_admin_is_in_the_table_and_no_other():
    assert set(ADMIN) == {model.__name__ for model in admin_pages()}


WAYS_IN = ("/accounts/login/", "/admin/login/", "/merchants/")
PEOPLE = {"User", "Group", "EmailAddress", "Authenticator", "UserSession", "OutboxReader"}
ACTS = {"changelist": "view", "add": "add", "change": "change", "delete": "delete", "history": "view"}


def expected_in_admin(model, act, method, name):
    """What the table says of one page of a noun."""
    if name not in {"SU", "MG", "AD", "KB"}:
        return "in"
    needed = "view" if act == "change" and method == "GET" else ACTS[act]
    allowed = ADMIN[model.__name__].get(needed, "").split()
    if name == "KB":
        of_nobody = issubclass(type(admin.site.get_model_admin(model)), SuperusersOnly)
        if act in {"change", "delete", "history"} and not of_nobody:
            return "404"
        name = "MG"
    return "ok" if name in allowed else "403"


def some_row(shop, model):
    """A row of the shop's, one that is there if it can be told."""
    if model.__name__ in PEOPLE:
        return model.objects.first()
    is_told = any(field.name == "merchant" for field in model._meta.fields)
    return (model.objects.filter(merchant=shop).first() if is_told else None) or row_of(shop, model)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_admin_opens_to_whom_the_table_says(world, shop, principals, rf, method):
    wrong = {}
    Authenticator.objects.create(user=principals["C1"][0], type="totp", data={})
    UserSession.objects.create(user=principals["C1"][0], ip="127.0.0.1", session_key="nobodys")
    OutboxReader.objects.get_or_create(name="webhooks")
    TierFactory.reset_sequence(50)  # The shop has tiers already.
    for model in admin_pages():
        row = some_row(shop, model)
        for act, (name, (person, _)) in itertools.product(ACTS, principals.items()):
            label = model._meta.label_lower.replace(".", "_")
            path = reverse(f"admin:{label}_{act}", args=[row.pk] if act in {"change", "delete", "history"} else [])
            request = rf.generic(method, path)
            request.user = person or AnonymousUser()
            found = in_words(look_at(request))
            if found != (expected := expected_in_admin(model, act, method, name)):
                wrong[f"{method} {path} as {name}"] = f"{found}, not {expected}"
    assert not wrong, "\n".join(f"{what}: {found}" for what, found in wrong.items())


def look_at(request):
    """The answer of the view itself: a page is not rendered, so that there is time for all of them."""
    view, args, kwargs = resolve(request.path)
    request.session, request._dont_enforce_csrf_checks = {}, True
    request._messages = FallbackStorage(request)
    try:
        return view(request, *args, **kwargs)
    except Http404:
        return HttpResponse(status=404)
    except PermissionDenied:
        return HttpResponse(status=403)
