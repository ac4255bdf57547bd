"""Signing in: one door for everybody, with a limit on trying."""

import re
import secrets

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import get_user
from django.test import Client
from django.urls import get_resolver, reverse

from tests.factories.referrals import UserFactory
from tests.house.test_authorisation import routes

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
SET_UP = "/accounts/2fa/totp/activate/"
PASSWORD = "a-good-password"


def address():
    """An e-mail that no test used before: limits outlive the tests that reach them."""
    return f"{secrets.token_hex(8)}@example.com"


def person(**fields):
    return UserFactory(email=address(), **fields)


def sign_in(browser, email, password=PASSWORD, **more):
    return browser.post(LOGIN, {"login": email, "password": password}, follow=True, **more)


def test_staff_sign_in_by_address_and_password(visitor):
    sam = person(is_staff=True)

    sign_in(visitor, sam.email.upper())

    assert get_user(visitor) == sam
    assert visitor.get(reverse("admin:index")).status_code == 200


def test_a_wrong_password_is_said_clearly(visitor):
    sam = person(is_staff=True)

    response = sign_in(visitor, sam.email, "a-bad-password")

    assert "The email address and/or password you specified are not correct." in response.text
    assert not get_user(visitor).is_authenticated


def test_an_unknown_address_gets_the_same_answer(visitor):
    response = sign_in(visitor, address())

    assert "The email address and/or password you specified are not correct." in response.text


def test_the_admin_leads_to_the_one_sign_in_and_back(visitor):
    sam = person(is_staff=True)
    page = reverse("admin:referrals_user_changelist")

    asked = visitor.get(page, follow=True)

    assert asked.request["PATH_INFO"] == LOGIN
    field = re.search(r'name="next" value="([^"]+)"', asked.text)
    answer = visitor.post(LOGIN, {"login": sam.email, "password": PASSWORD, "next": field[1]})
    assert answer.url == page


def test_the_admin_is_closed_to_customers(visitor):
    customer = person()
    sign_in(visitor, customer.email)

    answer = visitor.get(reverse("admin:index"), follow=True)

    assert answer.status_code == 403
    assert customer.email in answer.text


def test_signing_in_leads_nowhere_else(visitor):
    sam = person()

    answer = visitor.post(LOGIN, {"login": sam.email, "password": PASSWORD, "next": "//evil.example/"})

    assert answer.url == "/"


def test_looking_at_the_sign_out_page_signs_nobody_out(visitor):
    sam = person()
    sign_in(visitor, sam.email)

    visitor.get("/accounts/logout/")
    assert get_user(visitor) == sam
    visitor.post("/accounts/logout/")
    assert not get_user(visitor).is_authenticated


def test_two_hundred_tries_from_one_place_are_cut_off_whatever_is_forwarded(visitor):
    answers = [sign_in(visitor, address(), headers={"X-Forwarded-For": f"203.0.113.{n}"}) for n in range(200)]

    tried = [answer for answer in answers if "password you specified are not correct" in answer.text]
    assert len(tried) <= 10
    assert answers[-1].status_code == 429
    assert "Too many tries" in answers[-1].text


def test_one_account_is_tried_five_times_from_wherever(visitor):
    sam = person()
    for n in range(5):
        sign_in(visitor, sam.email, "a-bad-password", REMOTE_ADDR=f"2001:db8:{secrets.token_hex(2)}:{n}::1")

    response = sign_in(visitor, sam.email)

    assert "Too many failed login attempts" in response.text
    assert not get_user(visitor).is_authenticated


def test_a_forgotten_password_is_replaced_by_mail(visitor, mailoutbox):
    sam = person()
    visitor.post("/accounts/password/reset/", {"email": sam.email})
    link = re.search(r"http://testserver(/accounts/password/reset/key/\S+)", mailoutbox[0].body)[1]

    form = visitor.get(link, follow=True)
    new = {"password1": "another-good-password", "password2": "another-good-password"}
    visitor.post(form.request["PATH_INFO"], new)

    visitor.logout()
    sign_in(visitor, sam.email, "another-good-password")
    assert get_user(visitor) == sam


def test_whether_an_address_is_known_is_not_told_by_the_reset_page_and_strangers_get_no_mail(visitor, mailoutbox):
    sam = person()

    known = visitor.post("/accounts/password/reset/", {"email": sam.email}, follow=True)
    unknown = visitor.post("/accounts/password/reset/", {"email": address()}, follow=True)

    assert known.text == unknown.text
    assert [mail.to for mail in mailoutbox] == [[sam.email]]


def test_a_second_factor_is_asked_for_and_its_secret_is_not_kept_in_clear(visitor):
    sam = person(is_staff=True)
    totp.TOTP.activate(sam, "JBSWY3DPEHPK3PXP")

    response = sign_in(visitor, sam.email)

    assert response.request["PATH_INFO"] == "/accounts/2fa/authenticate/"
    assert not get_user(visitor).is_authenticated
    assert "JBSWY3DPEHPK3PXP" not in str(Authenticator.objects.get().data)
    visitor.post("/accounts/2fa/authenticate/", {"code": code_of("JBSWY3DPEHPK3PXP")})
    assert get_user(visitor) == sam


def code_of(secret):
    """What the app of somebody who has the secret shows now."""
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def test_where_staff_need_a_second_factor_none_opens_a_page_of_theirs_before_it_is_set_up(visitor, settings):
    settings.STAFF_SECOND_FACTOR = True
    sam = person(is_staff=True, is_superuser=True)
    sign_in(visitor, sam.email)
    pages = {f"/{route}" for route in routes(get_resolver().url_patterns) if re.fullmatch(r"admin/[\w/]*", route)}

    found = {page: visitor.get(page).headers.get("Location") for page in pages - {"/admin/login/"}}

    assert len(found) > 100
    assert set(found.values()) == {SET_UP}
    known = visitor.get("/admin/", follow=True)
    assert "Staff need a second factor." in known.text
    form = visitor.post(f"/accounts/reauthenticate/?next={SET_UP}", {"password": PASSWORD}, follow=True)
    visitor.post(SET_UP, {"code": code_of(form.context["form"].secret)})
    assert visitor.get("/admin/").status_code == 200


def test_customers_and_staff_of_a_demo_are_not_asked_for_a_second_factor(visitor, settings):
    assert not settings.STAFF_SECOND_FACTOR
    sign_in(visitor, person(is_staff=True).email)
    assert "Staff sign in here without a second factor" in visitor.get("/admin/").text

    settings.STAFF_SECOND_FACTOR = True
    sign_in(visitor, person().email)
    assert visitor.get("/admin/").status_code != 200
    assert visitor.get("/", follow=True).status_code == 200


def test_a_form_from_elsewhere_is_refused_and_the_page_says_what_to_do(db):
    response = Client(enforce_csrf_checks=True).post(LOGIN, {"login": "a@example.com", "password": PASSWORD})

    assert response.status_code == 403
    assert "That form was too old" in response.text
