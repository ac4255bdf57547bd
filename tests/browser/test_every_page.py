"""Every page of the map, before somebody to whom it opens: in the light and the dark, on a phone and on a desk."""

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.mail import send_mail
from django.test import Client

from fulfillment.models import Assignment
from referrals.models import Customer
from referrals.services.opt_outs import opt_out_token
from rewards.models import Campaign
from tests.browser.visitor import DESKTOP, PHONE
from tests.factories.fulfillment import NotificationFactory
from tests.factories.referrals import UserFactory
from tests.factories.rewards import BadgeFactory
from tests.house.authorised_routes import ROUTES

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "corner-shop.localhost"
PASSWORD = "a-good-password"
GOAL = {"type": "achievement", "goal": {"measure": "purchases", "target": 5}, "join": "participate"}
NO_PAGES = {
    "healthz",
    "readyz",
    "manifest.webmanifest",
    "service-worker.js",
    "portal/jobs/<uuid:uuid>/photos/<uuid:photo>/",
    "redemptions/<uuid:uuid>/photos/<uuid:photo>/",
    r"^accent/(?P<colour>[0-9a-fA-F]{6})\.css$",
    r"^r/(?P<code>[^/]+)/qr\.(?P<extension>svg|png)$",
    r"^r/(?P<code>[^/]+)/(?P<destination>[-a-zA-Z0-9_]+)/qr\.(?P<extension>svg|png)$",
    "r/<str:code>/<slug:destination>/go/",
    "accounts/2fa/recovery-codes/download/",
    "dev/mail/<int:number>/",
    "reward-options/",
    "referral-code/",
    "referral-history/",
    "referral-leaderboard/",
    "referral-stats/",
    "statement/statement.csv",
}
"""What answers with a file, a mail, JSON, or the way elsewhere; every other address that can be opened is a page."""

FOR_PROGRAMS = ("/api/", "/_allauth/")
"""Where other systems and apps call; no browser is led there."""

BEGUN = ("accounts/2fa/authenticate/", "accounts/login/code/confirm/")
"""Pages of a sign-in that has begun: each opens to whoever has begun it, until they go elsewhere."""

FORM, SENDS = re.compile(r"<form\b.*?</form>", re.DOTALL), re.compile(r'<button(?![^>]*type="button")')
ASKS = re.compile(r'<(?:input(?![^>]*type="hidden")|select|textarea)\b')
"""What is filled in; a form without it is sent by a button elsewhere on its page."""


def browser(**forms):
    client = Client(headers={"Host": HOST})
    for path, said in forms.items():
        assert client.post(f"/accounts/{path}/", said).status_code == 302
    return client


def signed_in(person):
    """The browser of somebody who has given their password again just now."""
    client = browser()
    client.force_login(person)
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
    return client


@pytest.fixture
def people(world):
    """Browsers of the people to whom pages open; of those who have begun to sign in, by the page that they are at."""
    alice = Customer.objects.get(external_id="alice")
    careful, forgetful = UserFactory(), UserFactory()
    TOTP.activate(careful, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(careful)
    forgetful.set_unusable_password()
    forgetful.save()
    without_password = browser()
    without_password.force_login(forgetful)
    return {
        BEGUN[0]: browser(login={"login": careful.email, "password": PASSWORD}),
        BEGUN[1]: browser(**{"login/code": {"email": careful.email}}),
        "alice": signed_in(alice.user),
        "nobody": browser(),
        "a technician": signed_in(Assignment.objects.get(uuid=world["job"]).technician.user),
        "careful": signed_in(careful),
        "forgetful": without_password,
    }


@pytest.fixture
def paths(world, shop, settings, tmp_path):
    """An example of each route that can be opened; what it shows is there, and of everything there is something."""
    alice = Customer.objects.get(external_id="alice")
    Customer.objects.filter(pk=alice.pk).update(name="Alice Liddell")
    NotificationFactory(customer=alice)
    BadgeFactory(merchant=shop)
    Campaign.objects.filter(code=world["campaign"]).update(definition=GOAL, name="Five times")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.DEV_MAIL_FOLDER = settings.EMAIL_FILE_PATH = tmp_path
    send_mail("Welcome", "Good to see you.", None, [alice.user.email])
    token = opt_out_token(merchant_id=shop.pk, email="bob@example.com")
    opened = {route: row.path.format(**world) for route, row in ROUTES.items() if "GET" in row.methods}
    return {
        **{route: path for route, path in opened.items() if not path.startswith(FOR_PROGRAMS)},
        "invitations/stop/<str:token>/": f"/invitations/stop/{token}/",
    }


@pytest.fixture
def visits(people, paths):
    """The first to whom each page opens, and what nobody finds a page at."""
    found = {}
    for route, path in paths.items():
        asked = [route] if route in BEGUN else [name for name in people if name not in BEGUN]
        found[route] = next((name for name in asked if is_page(people[name].get(path))), None)
    return found


def is_page(answer):
    return answer.status_code == 200 and answer["Content-Type"].startswith("text/html")


def test_no_page_keeps_anybody_out(visits, people, paths, visit):
    assert {route for route, name in visits.items() if name is None} == NO_PAGES
    wrong = []
    for name, client in people.items():
        visitor = visit(HOST, size=PHONE)
        visitor.come_as(client)
        for path in (paths[route] for route, who in visits.items() if who == name):
            page = visitor.open(path)
            assert page.url.endswith(path)
            wrong += visitor.barriers_in_both_schemes()
            wrong += [
                f"{path} has a form without a button"
                for form in FORM.findall(client.get(path).text)
                if ASKS.search(form) and not SENDS.search(form)
            ]
            wrong += [f"{path} has {count} headings" for count in [page.locator("h1").count()] if count != 1]
            wrong += [f"{path} is too wide for {size}" for size in (DESKTOP, PHONE) if visitor.overflows(size)]
    assert not wrong, "\n".join(wrong)
