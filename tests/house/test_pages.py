"""What every page owes to whoever reads it."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import reverse
from django.views.defaults import server_error

from tests.factories.referrals import ReferralCodeFactory, UserFactory

pytestmark = pytest.mark.django_db
FOR_EVERYBODY = [
    "/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-nonsense/",
    "/accounts/password/reset/key/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/nonsense/",
    "/accounts/inactive/",
    "/nothing/here/",
]
SIGNED_IN = [
    "/",
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/2fa/",
    "/accounts/sessions/",
]


class Outline(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, page):
        super().__init__()
        self.tags = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]


def check(page):
    outline = Outline(page)
    assert outline.all("html")[0]["lang"].startswith("en")
    assert any(meta.get("name") == "viewport" for meta in outline.all("meta"))
    assert any(link.get("rel") == "icon" for link in outline.all("link"))
    assert len(outline.all("main")) == 1
    assert len(outline.all("h1")) == 1
    assert not outline.all("style")
    assert all(script.get("src") for script in outline.all("script"))
    assert not [tag for tag, attrs in outline.tags if any(name == "style" or name.startswith("on") for name in attrs)]
    labelled = {label.get("for") for label in outline.all("label")}
    fields = [field for field in outline.all("input") if field.get("type") not in ("hidden", "checkbox")]
    assert all(field["id"] in labelled for field in fields)


@pytest.mark.parametrize("path", FOR_EVERYBODY)
def test_a_page_for_everybody_can_be_read_by_everybody(client, path):
    response = client.get(path, follow=True)

    assert response.status_code in (200, 404)
    check(response.text)


@pytest.mark.parametrize("path", SIGNED_IN)
def test_a_page_for_whoever_is_signed_in_can_be_read_by_everybody(client, path):
    client.force_login(UserFactory())

    response = client.get(path, follow=True)

    assert response.status_code == 200
    check(response.text)


def test_the_admin_tells_its_language(superuser):
    assert Outline(superuser.get("/admin/").text).all("html")[0]["lang"].startswith("en")


def test_a_page_that_broke_needs_neither_database_nor_session(django_assert_num_queries):
    with django_assert_num_queries(0):
        response = server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    check(response.text)


def test_an_invitation_is_a_page_of_ours(client):
    check(client.get(reverse("landing", args=[ReferralCodeFactory().code])).text)


def test_home_tells_who_is_signed_in(client):
    assert "Sign in" in client.get("/").text
    sam = UserFactory()
    client.force_login(sam)

    page = " ".join(client.get("/").text.split())

    assert sam.email in page
    assert "Sign out" in page
    assert "It is for staff; your account does not open it." in page


@pytest.mark.parametrize("path", ["/admin/login/", "/api/schema/", "/readyz", "/healthz"])
def test_every_door_on_the_home_page_opens(client, path):
    assert client.get(path, follow=True).status_code == 200


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/admin/login/", "/nothing/here/"])
def test_a_page_runs_no_script_and_takes_no_style_but_our_own(client, path):
    policy = client.get(path, follow=True).headers["Content-Security-Policy"]

    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'self'"
    assert "unsafe" not in policy
    assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"


FILES = [
    "css/base.css",
    "css/components.css",
    "css/admin.css",
    "img/grape.svg",
    "img/icons.svg",
    "img/icon.svg",
    "img/icon-180.png",
]


@pytest.mark.parametrize("path", FILES)
def test_style_and_icon_are_served(client, path):
    response = client.get(f"{settings.STATIC_URL}{path}")

    assert response.getvalue() == (Path(settings.BASE_DIR) / "static" / path).read_bytes()
    response.close()


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


READ_ON = [
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink-soft", "ground"),
    ("ink-soft", "surface"),
    ("accent", "ground"),
    ("accent", "surface"),
    ("accent-strong", "surface"),
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("good-ink", "good-ground"),
    ("bad-ink", "bad-ground"),
    ("bad-ink", "surface"),
    ("wait-ink", "wait-ground"),
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground_in_both_schemes(scheme):
    style = (Path(settings.BASE_DIR) / "static/css/base.css").read_text()
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6});", part)) for part in style.split("prefers-color-scheme"))
    colours = light if scheme == "light" else {**light, **dark}

    faint = [pair for pair in READ_ON if contrast(colours[pair[0]], colours[pair[1]]) < 4.5]
    assert faint == []
    assert contrast(colours["edge"], colours["surface"]) >= 3, "the edge of a field (WCAG 1.4.11)"
