"""A friend signs up at a merchant's host, and neither mail nor another device loses what they said."""

import re
import secrets

import pytest
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone

from config.lib.encryption import lookup_hash
from referrals.models import Activity, Customer, Referral, SignUp, User
from referrals.services.codes import CodeTerms, add_code, issue_code
from rewards.services.signing_up import KEPT, forget_sign_ups
from tests.factories.referrals import CustomerFactory, UserFactory
from tests.rewards.shop import policy

HOST = "orchard.localhost"
PERSON = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
PASSWORD = "a-good-password"


class Device:
    """A browser of its own, at an address of its own."""

    def __init__(self, host=HOST):
        self.browser = Client(
            headers={"Host": host, "User-Agent": PERSON}, REMOTE_ADDR=f"2001:db8:{secrets.token_hex(2)}::1"
        )

    def get(self, path, **more):
        return self.browser.get(path, follow=True, **more)

    def signs_up(self, email, at="/accounts/signup/", **said):
        form = {"first_name": "Bob", "email": email, "password1": PASSWORD, **said}
        return self.browser.post(at, form, follow=True)

    def confirms(self, mail):
        path = re.search(r"http://[^/]+(/accounts/confirm-email/\S+)", mail.body)[1]
        return self.browser.post(path, follow=True)

    def signs_in(self, email):
        return self.browser.post("/accounts/login/", {"login": email, "password": PASSWORD}, follow=True)

    def joins(self, **said):
        return self.browser.post("/join/", {"first_name": "Bob", **said}, follow=True)


@pytest.fixture
def shop(open_shop):
    return open_shop(policy("referrer", on="referral.joined"), name="Orchard", domain=HOST)


@pytest.fixture
def alice(shop):
    return CustomerFactory(merchant=shop.merchant, name="Alice Liddell", shows_first_name=True)


@pytest.fixture
def code(alice):
    return issue_code(customer=alice, now=timezone.now())


def brought():
    return [(each.referrer.name, each.method) for each in Referral.objects.select_related("referrer")]


def test_a_friend_follows_a_link_signs_up_on_the_phone_and_confirms_on_another_device(shop, code, mailoutbox):
    phone, laptop = Device(), Device()
    joins = re.search(r'href="(/accounts/signup/\?[^"]+)"', phone.get(f"/r/{code}/?via=sms").text)[1].replace(
        "&amp;", "&"
    )
    assert f'value="{code}"' in phone.get(joins).text

    sent = phone.signs_up("bob@example.com", joins, referral_code=str(code), shows_first_name="on")
    assert "Look into your mail" in sent.text
    assert not Customer.objects.filter(name="Bob").exists()
    confirmed = laptop.confirms(mailoutbox[0])

    bob = Customer.objects.get(name="Bob")
    assert "Orchard: Confirm your e-mail" in mailoutbox[0].subject
    assert confirmed.request["PATH_INFO"] == "/accounts/login/"
    assert (bob.user.email, bob.shows_first_name, bob.external_id) == ("bob@example.com", True, None)
    assert bob.email_verified_at is not None
    assert brought() == [("Alice Liddell", "link")]
    assert Referral.objects.get().share_link.channel == "sms"
    assert Activity.objects.get().kind == "account_creation"
    assert not SignUp.objects.exists()
    assert "Alice brought you" in laptop.signs_in("bob@example.com").text


def test_whoever_confirms_in_the_browser_that_signed_up_is_signed_in(shop, mailoutbox):
    phone = Device()
    phone.signs_up("bob@example.com")

    page = phone.confirms(mailoutbox[0])

    assert page.request["PATH_INFO"] == "/"
    assert get_user(phone.browser).email == "bob@example.com"
    assert brought() == []


def test_without_a_password_people_sign_in_by_a_code(shop, mailoutbox):
    phone = Device()
    phone.signs_up("bob@example.com", password1="")
    phone.confirms(mailoutbox[0])

    tablet = Device()
    tablet.browser.post("/accounts/login/code/", {"email": "bob@example.com"})
    typed = re.search(r"^([A-Z0-9-]{6,})$", mailoutbox[1].body, re.MULTILINE)[1]
    tablet.browser.post("/accounts/login/code/confirm/", {"code": typed})

    assert get_user(tablet.browser).email == "bob@example.com"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("7K3M9QX2RT1", "There is a slip in this referral code"),
        ("NOBODYS", "This referral code is not known."),
        ("ended", "The time of this referral code is over."),
        ("foreign", "This referral code is not known."),
    ],
)
def test_a_code_by_which_nobody_can_join_is_refused_at_once_with_the_reason(shop, alice, open_shop, typed, said):
    if typed == "ended":
        terms = CodeTerms(ends_at=timezone.now())
        typed = str(add_code(customer=alice, terms=terms, now=timezone.now()))
    elif typed == "foreign":
        typed = str(issue_code(customer=CustomerFactory(), now=timezone.now()))

    assert said in Device().signs_up("bob@example.com", referral_code=typed).text
    assert not User.objects.exists()


def test_a_known_e_mail_and_an_unknown_one_are_answered_alike(shop, mailoutbox):
    UserFactory(email="known@example.com")

    known, unknown = (Device().signs_up(email) for email in ("known@example.com", "unknown@example.com"))

    assert known.redirect_chain == unknown.redirect_chain
    assert re.sub(r"[\w-]+@example.com", "", known.text) == re.sub(r"[\w-]+@example.com", "", unknown.text)
    assert [(mail.to, "account already" in mail.body) for mail in mailoutbox] == [
        (["known@example.com"], True),
        (["unknown@example.com"], False),
    ]
    assert not Customer.objects.exists()


def test_a_verified_e_mail_attaches_to_the_customer_whom_the_merchant_told_of(shop, code, mailoutbox):
    shop.bought("B-1", email="Bob@example.com")
    told = shop.customer("B-1")
    phone = Device()

    phone.signs_up("bob@example.com", referral_code=str(code))
    told.refresh_from_db()
    assert told.user is None
    page = phone.confirms(mailoutbox[0])

    told.refresh_from_db()
    assert (told.user.email, told.name, told.external_id) == ("bob@example.com", "Bob", "B-1")
    assert Customer.objects.filter(email_hash=lookup_hash("bob@example.com")).count() == 1
    assert "Referral codes are for new customers" in page.text
    assert brought() == []


def test_whoever_has_a_login_joins_with_it_and_once(shop, code, alice):
    UserFactory(email="bob@example.com", first_name="Bob")
    phone = Device()
    phone.get(f"/r/{code}/")
    phone.signs_in("bob@example.com")

    assert "You are signed in as bob@example.com" in phone.get("/join/").text
    assert "not known" in phone.joins(referral_code="NOBODYS").text
    assert "Alice brought you" in phone.joins(referral_code=str(code)).text
    assert phone.get("/join/").request["PATH_INFO"] == "/"
    assert brought() == [("Alice Liddell", "cookie")]


def test_what_a_sign_up_said_is_offered_and_not_done_if_the_e_mail_is_verified_by_another_way(shop, code, mailoutbox):
    Device().signs_up("bob@example.com", referral_code=str(code))
    phone = Device()
    phone.browser.post("/accounts/login/code/", {"email": "bob@example.com"})
    typed = re.search(r"^([A-Z0-9-]{6,})$", mailoutbox[1].body, re.MULTILINE)[1]
    phone.browser.post("/accounts/login/code/confirm/", {"code": typed})
    assert brought() == []

    assert f'value="{code}"' in phone.get("/join/").text
    phone.joins(referral_code=str(code))

    assert brought() == [("Alice Liddell", "typed")]
    assert not SignUp.objects.exists()


def test_a_sign_up_that_nobody_completes_is_forgotten_with_its_login(shop, mailoutbox):
    Device().signs_up("bob@example.com")
    kept = UserFactory()
    forget_sign_ups(now=timezone.now())
    assert SignUp.objects.exists()

    forget_sign_ups(now=timezone.now() + KEPT)

    assert not SignUp.objects.exists()
    assert [user.pk for user in User.objects.all()] == [kept.pk]
    assert "too old" in Device().confirms(mailoutbox[0]).text or not Customer.objects.exists()


def test_where_it_is_not_clear_whom_one_would_join_nobody_signs_up(shop):
    page = Device(host="localhost").signs_up("bob@example.com")

    assert "Whom do you want to join?" in page.text
    assert not User.objects.exists()
