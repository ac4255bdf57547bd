"""From a click to a reward: who came by which link, and how far."""

import pytest

from referrals.models import Referral, ShareLink
from tests.api.caller import CODES, CUSTOMERS, assert_problem, evaluate_all
from tests.factories.referrals import ClickFactory, DestinationFactory

pytestmark = pytest.mark.django_db
STATS = "/api/v1/referral-stats"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"


@pytest.fixture
def code(api, shop):
    DestinationFactory(merchant=shop, slug="green")
    api.post(CUSTOMERS, {"id": "alice", "name": "Alice Liddell", "shows_first_name": True})
    return api.post(CODES, {"customer": "alice", "code": "OLIVIA"}).json()["code"]


def follow(api, path, address):
    page = api.client.get(path, HTTP_USER_AGENT=PHONE, REMOTE_ADDR=address)
    assert "Alice invites you" in page.text
    return page.cookies["grapevine_referral"].value.split(".")[1]


def steps(api, by="channel"):
    answer = api.get(f"{STATS}?by={by}")
    return {step.pop("key"): tuple(step.values()) for step in answer.json()["steps"]}


def test_a_friend_is_counted_by_the_link_at_every_step(api, code):
    link = follow(api, "/r/olivia/green/?via=sms", "198.51.100.1")
    for last in (2, 3):
        follow(api, "/r/olivia/?via=qr", f"198.51.100.{last}")

    joined = api.post(CUSTOMERS, {"id": "bob", "referral_link": link}).json()
    api.post(CUSTOMERS, {"id": "carol", "referral_code": "olivia"})
    api.buy()
    evaluate_all()

    assert joined["referral"] == {"accepted": True}
    referral = Referral.objects.get(referee__external_id="bob")
    bought, rewarded = int(referral.qualified_at is not None), int(referral.rewarded_at is not None)
    assert bought
    of_bob = (1, 1, 1, bought, rewarded)
    assert steps(api) == {"qr": (2, 2, 0, 0, 0), "sms": of_bob, "": (0, 0, 1, 0, 0)}
    assert steps(api, "destination") == {"": (2, 2, 1, 0, 0), "green": of_bob}
    assert steps(api, "link")[link] == of_bob


def test_a_link_of_another_code_or_merchant_is_not_believed(api, code):
    follow(api, "/r/olivia/", "198.51.100.1")
    api.post(CUSTOMERS, {"id": "dora"})
    other = api.post(CODES, {"customer": "dora"}).json()["code"]
    strange = ClickFactory().link

    api.post(CUSTOMERS, {"id": "bob", "referral_code": other, "referral_link": str(ShareLink.objects.first().uuid)})
    carol = api.post(CUSTOMERS, {"id": "carol", "referral_link": str(strange.uuid)}).json()

    assert Referral.objects.get().share_link is None
    assert carol["referral"] is None


def test_nothing_of_another_merchant_is_counted(api, code):
    ClickFactory()
    assert steps(api) == {}


@pytest.mark.parametrize("query", ["by=colour", "days=0", "days=3661", "days=x", "by=link&by=link"])
def test_a_question_that_makes_no_sense_is_refused(api, query):
    assert_problem(api.get(f"{STATS}?{query}"), 400, "invalid_parameter")
