"""Apps sign in for a token: it is as good as the sign-in behind it, and lives no longer."""

import re
import secrets
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client
from django.utils import timezone
from redis.exceptions import RedisError

from fulfillment.services.erasure import erase_customer
from referrals.models import Customer, Referral
from referrals.services.codes import issue_code
from tests.api.app import HOST, PASSWORD, SIGN_IN, App
from tests.api.caller import assert_problem
from tests.factories.referrals import CustomerFactory, MerchantFactory, UserFactory

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def orchard():
    return MerchantFactory(slug="orchard", domain=HOST)


@pytest.fixture
def ada(orchard):
    return CustomerFactory(merchant=orchard, user=UserFactory(email=f"{secrets.token_hex(8)}@example.com"))


@pytest.fixture
def app(ada):
    """Ada's app, in which she has signed in."""
    app = App()
    app.sign_in(ada.user.email)
    assert app.get("").status_code == 200
    return app


def assert_dead(app):
    assert_problem(app.get(""), 401, "not_authenticated")


def test_whoever_has_not_signed_in_is_told_how(orchard):
    answer = App().get("/credits")

    assert "X-Session-Token" in assert_problem(answer, 401, "not_authenticated")["detail"]
    assert answer["WWW-Authenticate"].startswith("SessionToken")


def test_whoever_signs_in_is_told_who_they_are_without_a_number_of_ours(ada):
    person = App().sign_in(ada.user.email).json()["data"]["user"]
    assert person["email"] == ada.user.email
    assert "id" not in person


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer_and_no_token(ada):
    wrong, unknown = (App().sign_in(email, "a-bad-password") for email in (ada.user.email, "nobody@example.com"))

    assert wrong.status_code == unknown.status_code == 400
    assert wrong.content == unknown.content
    assert "session_token" not in wrong.text


@pytest.mark.parametrize("token", ["nonsense", "x" * 1000, "'; --", "é"])
def test_what_is_no_token_opens_nothing(ada, token):
    app = App()
    app.token = token
    assert_dead(app)


def test_a_cookie_is_no_token_so_no_other_site_can_call_in_its_readers_name(ada):
    browser = Client(headers={"Host": HOST}, enforce_csrf_checks=True)
    browser.force_login(ada.user)

    for answer in (browser.get("/api/v1/me"), browser.post("/api/v1/me/code")):
        assert_problem(answer, 401, "not_authenticated")
    assert browser.get(f"{SIGN_IN}/auth/session").status_code == 401
    assert browser.get("/_allauth/browser/v1/auth/session").status_code == 404


def test_a_token_is_no_key_and_a_key_no_token(app, api, ada):
    assert_problem(Client().get("/api/v1/customers/any/rfm", headers={"X-Session-Token": app.token}), 401)
    assert_problem(api.get("/api/v1/me", headers={"Host": HOST}), 401)


def test_signing_out_ends_the_token(app):
    app.sign_out()
    assert_dead(app)


def test_another_password_ends_the_token(app, ada):
    ada.user.set_password("another-good-password")
    ada.user.save()
    assert_dead(app)


def test_the_token_is_a_session_that_its_owner_sees_and_ends_on_the_page(app, ada):
    browser = Client(headers={"Host": HOST})
    browser.force_login(ada.user)

    browser.post("/accounts/sessions/", {"action": "logout-others"})

    assert_dead(app)
    assert not UserSession.objects.filter(session_key=app.token).exists()


def test_whoever_may_not_sign_in_any_more_has_no_token_either(app, ada):
    ada.user.is_active = False
    ada.user.save()
    assert_dead(app)


def test_of_whoever_is_forgotten_the_token_is_dead(app, ada):
    erase_customer(customer=Customer.objects.get(), now=timezone.now(), reason="customer_request")
    assert_dead(app)


def test_customers_of_others_are_told_that_they_are_none_here(app, ada):
    MerchantFactory(slug="vineyard", domain="vineyard.localhost")
    app.host = "vineyard.localhost"
    assert_problem(app.get("/credits"), 403, "permission_denied")


def test_before_the_second_factor_the_token_opens_nothing(ada):
    totp.TOTP.activate(ada.user, SECRET)
    app = App()

    asked = app.sign_in(ada.user.email)

    assert {"id": "mfa_authenticate", "is_pending": True, "types": ["totp"]} in asked.json()["data"]["flows"]
    assert app.token
    assert_dead(app)
    assert app.send("POST", f"{SIGN_IN}/auth/2fa/authenticate", {"code": "000000"}).status_code == 400
    assert_dead(app)
    code = totp.format_hotp_value(totp.hotp_value(SECRET, next(totp.yield_hotp_counters_from_time())))
    proven = app.send("POST", f"{SIGN_IN}/auth/2fa/authenticate", {"code": code})
    app.token = proven.json()["meta"].get("session_token", app.token)
    assert app.get("").json()["id"] == ada.external_id


def test_people_without_a_password_sign_in_by_a_code(ada, mailoutbox):
    app = App()
    asked = app.send("POST", f"{SIGN_IN}/auth/code/request", {"email": ada.user.email})
    app.token = asked.json()["meta"]["session_token"]
    assert_dead(app)

    code = re.search(r"^[A-Z0-9]{3,}-?[A-Z0-9]{3,}$", mailoutbox[0].body, re.MULTILINE)[0]
    confirmed = app.send("POST", f"{SIGN_IN}/auth/code/confirm", {"code": code})

    app.token = confirmed.json()["meta"].get("session_token", app.token)
    assert app.get("").status_code == 200


def test_a_friend_signs_up_in_an_app_and_is_a_customer_once_the_e_mail_is_verified(ada, mailoutbox):
    code = str(issue_code(customer=ada, now=timezone.now()))
    app, email = App(), f"{secrets.token_hex(8)}@example.com"
    said = {"first_name": "Ben", "email": email, "password": PASSWORD, "shows_first_name": True}
    refused = app.send("POST", f"{SIGN_IN}/auth/signup", {**said, "referral_code": "NOBODYS"})
    assert refused.json()["errors"][0]["param"] == "referral_code"

    asked = app.send("POST", f"{SIGN_IN}/auth/signup", {**said, "referral_code": code})

    assert {"id": "verify_email", "is_pending": True} in asked.json()["data"]["flows"]
    assert not Customer.objects.filter(user__email=email).exists()
    path = re.search(r"http://[^/]+(/accounts/confirm-email/\S+)", mailoutbox[-1].body)[1]
    Client(headers={"Host": HOST}).post(path)
    app.sign_in(email)
    assert app.get("").json()["name"] == "Ben"
    assert Referral.objects.get(referee__user__email=email).referrer == ada


def test_nobody_signs_up_where_it_is_not_clear_with_whom(db):
    assert App("localhost").send("POST", f"{SIGN_IN}/auth/signup", {"email": "a@example.com"}).status_code == 403


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"email": "a@example.com", "password": "\\ud800"}', b'{"email": 1, "email": 2}', b"\xff"]
)
def test_what_two_readers_could_read_differently_is_refused(orchard, body):
    answer = Client(raise_request_exception=False).generic("POST", f"{SIGN_IN}/auth/login", body, "application/json")
    assert answer.status_code == 400


def test_of_sixty_tries_at_once_no_more_than_ten_are_let_through(orchard):
    app, start = App(), Barrier(60)

    def one(number):
        start.wait(20)
        try:
            return app.send("POST", f"{SIGN_IN}/auth/login", {"email": f"{number}@example.com", "password": PASSWORD})
        finally:
            connection.close()

    with ThreadPoolExecutor(60) as threads:
        answers = list(threads.map(one, range(60)))

    codes = [code_of(answer) for answer in answers]
    assert 1 <= codes.count("email_password_mismatch") <= 10
    assert set(codes) <= {"email_password_mismatch", "too_many_login_attempts", 429, 503}


def test_while_nobody_counts_nobody_signs_in_and_the_app_is_told_when_to_come_back(ada, monkeypatch):
    def away(*args, **kwargs):
        raise RedisError

    monkeypatch.setattr("django_redis.client.DefaultClient.get_client", away)
    answer = App().sign_in(ada.user.email)

    assert_problem(answer, 503, "unavailable")
    assert answer["Retry-After"]


def test_tries_in_the_app_and_on_the_page_count_together(ada):
    app = App()
    page = Client(headers={"Host": HOST}, REMOTE_ADDR=app.place)
    for _ in range(2):
        app.sign_in(ada.user.email, "a-bad-password")
    for _ in range(3):
        page.post("/accounts/login/", {"login": ada.user.email, "password": "a-bad-password"})

    assert code_of(app.sign_in(ada.user.email)) == "too_many_login_attempts"


def code_of(answer):
    """Why somebody was not signed in."""
    errors = answer.json().get("errors")
    return errors[0]["code"] if errors else answer.status_code
