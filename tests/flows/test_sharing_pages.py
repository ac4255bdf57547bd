"""Customers share, invite, and look how they stand: the pages, and the same in JSON."""

import re

import pytest
from django.core import mail
from django.test import Client

from credits.models import Account
from referrals.models import Activity, Invitation, LeaderboardAlias, Referral, ReferralCode
from referrals.services.codes import issue_code
from referrals.services.customers import Identity
from referrals.services.invitations import send_next
from rewards.services.enrolment import enrol_customer
from tests.api.caller import evaluate_all
from tests.factories.referrals import (
    NOON,
    CustomerFactory,
    DestinationFactory,
    ReferralFactory,
    ShareLinkFactory,
    UserFactory,
)
from tests.house.test_pages import check
from tests.rewards.shop import Shop, policy

pytestmark = pytest.mark.django_db
HOST = "corner.localhost"
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
SHARING = policy(
    "customer", "activity.recorded", 10, activity="social_share", limits={"per_customer": {"times": 3, "per": "day"}}
)
FRIEND = policy("referrer", "referral.qualified", 500)


@pytest.fixture
def shop():
    return Shop(SHARING, FRIEND, domain=HOST, name="Corner Shop")


@pytest.fixture
def alice(shop):
    return CustomerFactory(merchant=shop.merchant, user=UserFactory(), name="Alice Liddell")


@pytest.fixture
def browser(alice):
    """A browser at the shop's pages in which Alice is signed in."""
    browser = Client(HTTP_HOST=HOST)
    browser.force_login(alice.user)
    return browser


def friend(shop, alice, name, **more):
    """Somebody who comes by Alice's code and buys."""
    code = issue_code(customer=alice, now=NOON)
    identity = Identity(name, name=name, **more)
    enrol_customer(merchant=shop.merchant, identity=identity, referral_code=code.code, now=NOON)
    shop.bought(name)


@pytest.mark.parametrize(
    "path", ["/share/", "/share/?to=plan", "/share/invite/", "/leaderboard/", "/leaderboard/?period=ever"]
)
def test_every_page_can_be_read_by_everybody(browser, shop, alice, path):
    DestinationFactory(merchant=shop.merchant, slug="plan")
    issue_code(customer=alice, now=NOON)
    page = browser.get(path)
    assert page.status_code == 200
    check(page.text)


def test_the_channel_by_which_friends_joined_is_suggested(browser, shop, alice):
    code = issue_code(customer=alice, now=NOON)
    assert "invited by" not in browser.get("/share/").text
    ReferralFactory(referral_link=code, share_link=ShareLinkFactory(code=code, channel="sms"))
    assert "Friends whom you invited by SMS have joined." in browser.get("/share/").text


def test_looking_makes_no_code_and_a_button_does(browser):
    assert "Get your code" in browser.get("/share/").text
    assert not ReferralCode.objects.exists()
    assert browser.post("/generate-referral-code/", {"next": "/share/"})["Location"] == "/share/"
    code = ReferralCode.objects.get()
    page = browser.get("/share/").text
    assert "https://wa.me/?text=" in page
    assert f"/r/{code}/qr.svg" in page


def test_a_link_leads_only_to_places_that_are_open(browser, shop, alice):
    code = issue_code(customer=alice, now=NOON)
    DestinationFactory(merchant=shop.merchant, slug="plan", title="Green weeks")
    DestinationFactory(merchant=shop.merchant, slug="closed", is_open=False)
    assert f"/r/{code}/plan/qr.svg" in browser.get("/share/?to=plan").text
    for other in ("closed", "elsewhere", "https://evil.example/"):
        assert f"/r/{code}/qr.svg" in browser.get("/share/", {"to": other}).text
    assert browser.get(f"/r/{code}/plan/qr.png").content.startswith(b"\x89PNG")


def test_a_share_earns_by_policy_up_to_its_limit_and_the_same_again_is_none(browser, alice):
    for channel in ("whatsapp", "whatsapp", "sms", "x", "copy", "pigeon"):
        assert browser.post("/share/", {"channel": channel, "quiet": "1"}).status_code == 204
    evaluate_all()
    assert sorted(Activity.objects.values_list("reference", flat=True)) == ["copy", "sms", "whatsapp", "x"]
    assert Account.objects.get(customer=alice).available == 30


def test_without_javascript_whoever_shared_says_so(browser):
    page = browser.post("/share/", {"channel": "sms"}, follow=True)
    assert "Thank you for sharing." in page.text
    assert Activity.objects.get().kind == "social_share"


def test_the_answer_to_an_invitation_is_the_same_whoever_is_invited(browser, shop):
    CustomerFactory(merchant=shop.merchant, email="known@example.com")
    told = [
        TOKEN.sub("", browser.post("/share/invite/", {"addresses": address, "consent": "on"}, follow=True).text)
        for address in ("known@example.com", "stranger@example.com")
    ]
    assert told[0] == told[1]
    assert "1 invitation is on its way." in told[0]
    while send_next(now=NOON.replace(year=2099)):
        pass
    assert [message.to for message in mail.outbox] == [["stranger@example.com"]]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"addresses": "bob@example.com"}, "This field is required."),
        ({"addresses": "bob", "consent": "on"}, "These are no e-mail addresses: bob"),
        ({"addresses": ",".join(f"f{n}@example.com" for n in range(21)), "consent": "on"}, "at most 20 friends"),
    ],
)
def test_nobody_is_invited_by_mistake(browser, form, said):
    page = browser.post("/share/invite/", form)
    assert said in page.text
    check(page.text)
    assert not Invitation.objects.exists()


def test_the_code_is_made_once_and_read_again(browser):
    assert browser.get("/referral-code/").json()["code"] == "not_found"
    made = [browser.post("/generate-referral-code/").json() for _ in range(2)]
    assert made[0] == made[1] == browser.get("/referral-code/").json()
    assert made[0]["url"] == f"http://{HOST}/r/{made[0]['code']}/"


def test_history_and_statistics_tell_how_far_friends_came_and_not_who_they_are(browser, shop, alice):
    friend(shop, alice, "Bob Builder", shows_first_name=True)
    friend(shop, alice, "Carol Carpenter")
    evaluate_all()
    body = browser.get("/referral-history/?limit=1").json()
    (latest,) = body["referrals"]
    assert (latest["friend"], latest["status"], latest["qualified_at"] is not None) == ("", "rewarded", True)
    (first,) = browser.get("/referral-history/", {"cursor": body["next"]}).json()["referrals"]
    assert first["friend"] == "Bob"
    assert browser.get("/referral-stats/").json() == {
        "clicked": 0, "invited": 0, "joined": 2, "bought": 2, "rewarded": 2, "reversed": 0, "points_earned": 1000
    }  # fmt: skip


def test_a_customer_says_by_whose_code_they_came_until_they_buy(browser, shop, alice):
    alice.shows_first_name = True
    alice.save()
    code = issue_code(customer=alice, now=NOON)
    bob, carol = (CustomerFactory(merchant=shop.merchant, user=UserFactory()) for _ in range(2))

    def tracks(customer, **form):
        theirs = Client(HTTP_HOST=HOST)
        theirs.force_login(customer.user)
        answer = theirs.post("/referral-tracking/", form)
        return answer.status_code, answer.json()

    status, told = tracks(bob, referral_code=str(code))
    assert (status, told["status"], told["referrer"]) == (201, "joined", "Alice")
    assert tracks(bob, referral_code=str(code).lower()) == (200, told)
    refused = [tracks(who, referral_code=what) for who, what in ((bob, "NOBODYS"), (alice, str(code)), (bob, ""))]
    assert [(status, body["code"]) for status, body in refused] == [
        (409, "unknown_code"), (409, "own_code"), (400, "invalid")
    ]  # fmt: skip
    shop.bought(str(carol.uuid) if carol.external_id is None else carol.external_id)
    assert tracks(carol, referral_code=str(code))[1]["code"] == "existing_customer"
    assert list(Referral.objects.values_list("referee", "referrer", "method")) == [(bob.pk, alice.pk, "typed")]


def test_the_tracker_shows_that_somebody_was_invited_and_not_whom(browser, shop, alice):
    browser.post("/share/invite/", {"addresses": "bob@friends.example carol@friends.example", "consent": "on"})
    page = browser.get("/referrals/").text
    check(page)
    assert page.count('class="track"') == 2
    assert "friends.example" not in page


def test_the_leaderboard_names_who_chose_a_name_and_marks_oneself(browser, shop, alice):
    friend(shop, alice, "bob")
    evaluate_all()
    assert browser.get("/referral-leaderboard/?period=ever").json()["places"] == []
    page = browser.post("/leaderboard/", {"alias": "Swift <b>"}, follow=True)
    assert "An alias has 3 to 30" in page.text
    assert "Others see you as Swift" in browser.post("/leaderboard/", {"alias": "Swift"}, follow=True).text
    assert browser.get("/referral-leaderboard/?period=ever").json() == {
        "period": "ever",
        "places": [{"rank": 1, "alias": "Swift", "friends": 1, "is_you": True}],
    }
    browser.post("/leaderboard/", {"leave": "1"})
    assert not LeaderboardAlias.objects.exists()


JSON = [
    ("post", "/generate-referral-code/"),
    ("post", "/referral-tracking/"),
    ("get", "/referral-code/"),
    ("get", "/referral-history/"),
    ("get", "/referral-stats/"),
    ("get", "/referral-leaderboard/"),
]


@pytest.mark.parametrize(("method", "path"), JSON)
def test_only_customers_of_the_merchant_are_answered_and_looking_changes_nothing(browser, shop, method, path):
    stranger = Client(HTTP_HOST=HOST)
    assert getattr(stranger, method)(path).status_code == 401
    stranger.force_login(CustomerFactory(user=UserFactory()).user)
    assert getattr(stranger, method)(path).status_code == 403
    assert getattr(browser, "get" if method == "post" else "post")(path).status_code == 405


@pytest.mark.parametrize(
    "path", ["/referral-history/?cursor=x", "/referral-history/?limit=0", "/referral-leaderboard/?period=x"]
)
def test_a_question_that_makes_no_sense_is_a_problem(browser, path):
    answer = browser.get(path)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")


def test_forms_from_elsewhere_are_refused(alice):
    browser = Client(HTTP_HOST=HOST, enforce_csrf_checks=True)
    browser.force_login(alice.user)
    for path in ("/generate-referral-code/", "/referral-tracking/", "/share/", "/share/invite/", "/leaderboard/"):
        assert browser.post(path).status_code == 403
