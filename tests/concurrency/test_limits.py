"""Many tries at the very same moment, from one place that says it is many."""

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier, Lock

import pytest
from django.db import connection, connections
from django.test import Client

from referrals.models import Invitation
from referrals.services.codes import issue_code
from referrals.services.limits import INVITING
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
TRIES, AT_ONCE = 200, 150
REFUSED = (429, 503)
"""Too often; or Redis was too slow to count, and nobody is let through uncounted."""

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def all_together(ask, tries=TRIES):
    """The answers to so many requests, as many of them at once as there may be connections to the database."""
    place = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}"
    at_once = min(tries, AT_ONCE)
    start, opening = Barrier(at_once), Lock()

    def one(n):
        with opening:  # 150 connections in one moment would wait longer for each other than a connection may take.
            connection.ensure_connection()
        if n < at_once:
            start.wait(60)
        # Within one network everybody has as many addresses as they like, and may say to be anybody's proxy.
        browser = Client(REMOTE_ADDR=f"{place}::{n + 1:x}", HTTP_USER_AGENT=BROWSER)
        forwarded = {"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.{n}", "X-Real-IP": f"203.0.113.{n}"}
        try:
            return ask(browser, headers=forwarded)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(at_once) as threads:
        return list(threads.map(one, range(tries)))


def test_codes_are_guessed_ten_times_a_minute_whatever_is_forwarded():
    answers = all_together(lambda browser, **how: browser.get(f"/r/{secrets.token_hex(4)}/", **how))

    told = Counter(answer.status_code for answer in answers)
    assert 1 <= told[404] <= 10
    assert told.keys() <= {404, *REFUSED}
    assert all(1 <= int(answer["Retry-After"]) <= 60 for answer in answers if answer.status_code == 429)


def test_whoever_signs_up_or_joins_guesses_ten_codes_a_minute_by_all_doors_together():
    merchant = MerchantFactory(domain="orchard.localhost")
    cookies = Client()
    cookies.force_login(UserFactory())
    turns = count()

    def ask(browser, headers):
        form = {"first_name": "Bob", "email": f"{secrets.token_hex(6)}@x.example", "password1": ""}
        form["referral_code"] = secrets.token_hex(3)
        door = "/accounts/signup/"
        if next(turns) % 2:
            browser.cookies, door = cookies.cookies, "/join/"
        return browser.post(door, form, headers={**headers, "Host": merchant.domain})

    answers = all_together(ask, tries=40)

    told = Counter(answer.status_code for answer in answers)
    assert 1 <= sum("This referral code is not known" in answer.text for answer in answers) == told[200] <= 10
    assert told.keys() <= {200, *REFUSED}


def test_whoever_follows_a_good_link_is_not_kept_out():
    code = issue_code(customer=CustomerFactory(), now=NOON)
    browser = Client(REMOTE_ADDR="198.51.100.9", HTTP_USER_AGENT=BROWSER)
    assert {browser.get(f"/r/{code}/").status_code for _ in range(30)} == {200}


def test_one_place_signs_in_ten_times_a_minute_whatever_is_forwarded():
    def sign_in(browser, **how):
        return browser.post("/accounts/login/", {"login": f"{secrets.token_hex(6)}@x.example", "password": "x"}, **how)

    answers = all_together(sign_in)

    tried = [answer for answer in answers if "password you specified are not correct" in answer.text]
    assert 1 <= len(tried) <= 11


def test_a_customer_asks_for_invitations_ten_times_a_minute_and_for_twenty_friends_a_day():
    merchant = MerchantFactory(domain="orchard.localhost")
    alice = CustomerFactory(merchant=merchant, user=UserFactory())
    cookies = Client()
    cookies.force_login(alice.user)

    def ask(browser, headers):
        browser.cookies = cookies.cookies
        friends = " ".join(f"{secrets.token_hex(6)}@friends.example" for _ in range(3))
        form = {"addresses": friends, "consent": "on"}
        return browser.post("/share/invite/", form, headers={**headers, "Host": merchant.domain})

    answers = all_together(ask)

    told = Counter(answer.status_code for answer in answers)
    assert 1 <= told[302] + told[200] <= INVITING.tries
    assert told.keys() <= {302, 200, *REFUSED}
    assert Invitation.objects.count() == 3 * told[302] <= 18
