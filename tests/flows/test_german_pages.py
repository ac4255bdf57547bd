"""The product as a German reads it: no page is half in English, and numbers, days and money are as in Germany."""

import re
from functools import cache
from html.parser import HTMLParser

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation

from config.management.catalogue import read
from config.navigation import FOR_CUSTOMERS
from credits.models import Account
from credits.services.transfers import TransfersOff
from fulfillment.selectors.inbox import inbox_page, language_of
from fulfillment.services.moving import CUSTOMER
from fulfillment.services.redemptions import Wish, redeem
from rewards.models import Participation, Policy, RewardOption
from tests.factories.fulfillment import NotificationFactory
from tests.factories.referrals import ReferralCodeFactory, UserFactory
from tests.factories.rewards import BadgeAwardFactory, BadgeFactory, CampaignFactory, RewardOptionFactory
from tests.rewards.shop import Shop, evaluation_of, policy

pytestmark = pytest.mark.django_db
HOST = "orchard.localhost"
GOAL = {"type": "achievement", "goal": {"measure": "purchases", "target": 5}, "join": "participate"}
BESIDES = [
    "/notifications/settings/",
    "/settings/data/",
    "/settings/data/erase/",
    "/share/invite/",
    "/rewards/mug/redeem/",
    "/merchants/",
    "/nothing/here/",
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/sessions/",
]
FOR_STRANGERS = [
    "/",
    "/help/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/confirm-email/",
    "/accounts/confirm-email/nonsense/",
]
FOR_STAFF = ["/admin/", "/admin/desk/", "/admin/system/", "/admin/referrals/customer/", "/admin/credits/account/"]
OUR_NAMES = re.compile(r"English|Grapevine|[A-Z]\w+/.*")
"""What is called the same in every language: ourselves, languages, and the places that time zones are named after."""
ENGLISH = re.compile(r"\b(the|you|your|of|and|is|are|with|not|for|to|by|from|have|this)\b", re.IGNORECASE)


@cache
def translated():
    return {each.id for each in read("de") if isinstance(each.id, str) and each.id != each.string}


class Words(HTMLParser):
    """Everything on a page that is read, or read out."""

    def __init__(self, page):
        super().__init__()
        self.language, self.found, self._quiet = "", [], False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.language = told.get("lang") if tag == "html" else self.language
        self._quiet = tag in ("script", "style", "code", "title") or "lang" in told
        self.found += [told[name] for name in ("aria-label", "alt", "title", "placeholder") if told.get(name)]

    def handle_endtag(self, tag):
        self._quiet = False

    def handle_data(self, data):
        if not self._quiet and data.strip():
            self.found.append(" ".join(data.split()))


def english(page):
    """What on a German page is English: texts that have a translation, and sentences with English words."""
    words = Words(page)
    assert words.language == "de", page[:300]
    return [it for it in words.found if (it in translated() or ENGLISH.search(it)) and not OUR_NAMES.fullmatch(it)]


@pytest.fixture
def shop():
    return Shop(
        policy(points=1250),
        policy("referrer", on="referral.qualified", points=500, limits={"per_customer": {"times": 3, "per": "month"}}),
        domain=HOST,
        name="Obstgarten",
        currency="EUR",
        terms={"expiry_months": 24, "unit_name": "Punkte"},
    )


@pytest.fixture
def ada(shop):
    """A customer who has something of everything; all that her merchant has named is named in German."""
    ada = shop.customer("ada")
    ada.user, ada.name = UserFactory(), "Ada"
    ada.save()
    shop.wallet.tiers.update(name="Stufe")
    Policy.objects.update(name="Regel")
    bought = shop.bought("ada", dollars=40)
    shop.bought("ben", referral_code=shop.code("ada"))
    RewardOption.objects.update(name="Essen", description="")
    for code, points, said in (("mug", 1000, {}), ("car", 9000, {}), ("ring", 900, {"min_tier": "silver"})):
        RewardOptionFactory(
            reward_type=shop.meal.reward_type, code=code, name=f"Ding {code}", points_required=points, **said
        )
    campaign = CampaignFactory(merchant=shop.merchant, code="five", name="Fünf", description="", definition=GOAL)
    Participation.objects.create(merchant=shop.merchant, campaign=campaign, customer=ada, joined_at=shop.now)
    BadgeFactory(merchant=shop.merchant, name="Kletterer", description="")
    BadgeAwardFactory(evaluation=evaluation_of(bought), customer=ada, badge__merchant=shop.merchant, badge__name="Da")
    NotificationFactory(customer=ada)
    return ada


@pytest.fixture
def german():
    return Client(headers={"Host": HOST, "Accept-Language": "de-DE,de;q=0.9,en;q=0.5"})


@pytest.fixture
def at_home(german, ada):
    """Her browser, in which she is signed in."""
    german.force_login(ada.user)
    return german


def half_in_english(browser, pages):
    return {path: found for path in pages if (found := english(browser.get(path, follow=True).text))}


def test_no_page_of_a_customer_is_half_in_english(at_home, shop, ada):
    mug = RewardOption.objects.get(code="mug")
    wish = redeem(wish=Wish(customer=ada, option=mug, quantity=1, key="mug", actor=CUSTOMER, address=""), now=shop.now)

    pages = [f"/redemptions/{wish.uuid}/", *BESIDES, *(reverse(name) for name, *_ in FOR_CUSTOMERS)]
    assert half_in_english(at_home, pages) == {}


def test_no_page_for_strangers_is_half_in_english(german, shop):
    code = ReferralCodeFactory(customer__merchant=shop.merchant).code

    assert half_in_english(german, [*FOR_STRANGERS, reverse("landing", args=[code])]) == {}


def test_no_page_for_staff_is_half_in_english(german, shop, ada):
    german.force_login(UserFactory(is_staff=True, is_superuser=True))
    account = Account.objects.get(customer=ada)

    assert half_in_english(german, [*FOR_STAFF, f"/admin/credits/account/{account.pk}/change/"]) == {}


def test_numbers_days_and_money_are_written_as_in_germany(at_home, shop, ada):
    shop.bought("ada", dollars=20, order_id="A-7")
    home, statement = (" ".join(at_home.get(path).text.split()) for path in ("/", "/statement/"))

    assert '<p class="hero">3.000</p>' in home
    assert "noch 40,00 € ausgeben" in home
    assert "Du hast 1.250 Punkte für die Bestellung A-7 erhalten: Regel." in statement
    assert "20. November 2026" in statement


def test_what_a_rule_refuses_is_told_in_the_language_of_the_reader():
    with translation.override("de"):
        assert TransfersOff().detail == "In diesem Programm lassen sich Punkte nicht verschenken."
    with translation.override("en"):
        assert TransfersOff().detail == "Points cannot be given away in this programme."


def test_a_page_is_read_on_in_the_language_that_is_chosen(client, shop):
    client = Client(headers={"Host": HOST})
    assert 'lang="en"' in client.get("/help/").text

    answer = client.post("/language/", {"language": "de", "next": "/help/"})

    assert (answer.status_code, answer.url) == (302, "/help/")
    assert '<html lang="de">' in client.get("/help/").text
    client.post("/language/", {"language": "tlh"})
    assert '<html lang="de">' in client.get("/help/").text


def test_a_customer_is_told_in_the_language_in_which_they_read_and_reads_in_it_on_every_device(ada, shop):
    one, another = Client(headers={"Host": HOST}), Client(headers={"Host": HOST})
    one.force_login(ada.user)

    one.post("/language/", {"language": "de"})
    another.post("/accounts/login/", {"login": ada.user.email, "password": "a-good-password"})

    assert language_of(ada) == "de"
    assert "Du hast" in inbox_page(customer=ada, before=None, size=1)[0][0]["title"]
    assert '<html lang="de">' in another.get("/").text


def test_mail_that_confirms_is_in_the_language_of_the_page(german, shop):
    wanted = {"first_name": "Eva", "email": "eva@example.com", "password1": "ein-gutes-Passwort"}
    german.post("/accounts/signup/", wanted)

    (sent,) = mail.outbox
    assert "Bestätige deine E-Mail" in sent.subject
    assert not ENGLISH.search(sent.body.replace("example.com", ""))
