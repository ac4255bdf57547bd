"""The pages on which customers redeem and follow what they redeemed, and the endpoints of requirement 002."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from fulfillment.models import Redemption
from rewards.services.coupons import import_coupons
from tests.factories.referrals import MerchantFactory, UserFactory
from tests.fulfillment.desk import Desk, status_of, sums

HISTORY = "/referral-rewards-history/"
REDEEM = "/redeem-reward/"


@pytest.fixture
def desk(db):
    return Desk(now=timezone.now(), merchant=MerchantFactory(domain="orchard.localhost"))


@pytest.fixture
def alice(desk):
    return desk.customer(points=500, user=UserFactory())


@pytest.fixture
def browser(alice):
    """A browser in which Alice is signed in, and forms are refused that come from elsewhere."""
    client = Client(headers={"Host": "orchard.localhost"})
    client.force_login(alice.user)
    return client


def page_of(redemption):
    return f"/redemptions/{redemption.uuid}/"


def test_a_reward_is_confirmed_redeemed_once_and_followed(desk, browser, alice):
    desk.option(needs_approval=True)
    form = browser.get("/rewards/mug/redeem/")
    asked = {**form.context["form"].initial, "next": "/rewards/mug/redeem/"}

    for _ in range(2):
        answer = browser.post(REDEEM, asked, follow=True)

    redemption = Redemption.objects.get()
    assert answer.redirect_chain == [(page_of(redemption), 302)]
    assert "Waits for approval" in answer.text
    assert sums(alice) == {"available": 400, "held": 100}
    assert page_of(redemption) in browser.get(HISTORY).text


def test_the_endpoint_answers_in_json(desk, browser):
    desk.option()
    answer = browser.post(REDEEM, {"reward": "mug"})
    assert (answer.status_code, answer.json()["status"], answer.json()["points"]) == (201, "fulfilled", 100)
    refused = browser.post(REDEEM, {"reward": "mug", "quantity": "50"})
    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient_points")
    assert browser.post(REDEEM, {"reward": "nothing"}).status_code == 404
    assert browser.get(REDEEM).status_code == 405


def test_what_is_refused_is_said_on_the_page(desk, browser):
    desk.option(stock_quantity=0)
    answer = browser.post(REDEEM, {"reward": "mug", "next": "/redemptions/"}, follow=True)
    assert "There are not as many left." in answer.text


def test_what_cannot_be_read_is_said_beside_its_field_and_in_the_problem(desk, browser, alice):
    desk.option(shipping_required=True)
    asked = {"reward": "mug", "quantity": "1001", "address": "x" * 501}

    page = browser.post(REDEEM, {**asked, "next": "/rewards/mug/redeem/"})
    problem = browser.post(REDEEM, asked).json()

    assert page.status_code == problem["status"] == 400
    assert page.context["form"].errors.keys() == {"quantity", "address"}
    assert page.text.count("errorlist") == 2
    assert 'name="next" value="/rewards/mug/redeem/"' in page.text
    assert {each["pointer"] for each in problem["errors"]} == {"/quantity", "/address"}
    assert sums(alice) == {"available": 500}


def test_only_what_waits_is_cancelled(desk, browser, alice):
    waiting = desk.redeem(alice, desk.option(needs_approval=True))
    done = desk.redeem(alice, desk.option("five-off", "purchase_discount", discount="fixed", value=500))
    assert "Cancel it" in browser.get(page_of(waiting)).text
    assert "Cancel it" not in browser.get(page_of(done)).text

    assert "your points are back" in browser.post(f"{page_of(waiting)}cancel/", follow=True).text
    assert "Only what waits" in browser.post(f"{page_of(done)}cancel/", follow=True).text

    assert [status_of(each) for each in (waiting, done)] == ["cancelled", "fulfilled"]


def test_a_code_is_shown_to_its_customer_only(desk, browser, alice):
    card = desk.option("card", "gift_card", needs_coupon=True)
    import_coupons(option=card, codes=["GIFT-1", "GIFT-2"], now=desk.now)
    mine, hers = desk.redeem(alice, card), desk.redeem(desk.customer("bob", points=100), card)

    assert "GIFT-1" in browser.get(page_of(mine)).text
    for path in ("", "cancel/", "address/", "appointment/"):
        method = browser.post if path else browser.get
        assert method(page_of(hers) + path).status_code == 404


def test_an_appointment_is_booked_and_an_address_written_down(desk, browser, alice):
    tasting = desk.redeem(alice, desk.option("tasting", "experience", by_appointment=True))
    slot = desk.slot(tasting.option, starts_at=timezone.now() + timedelta(days=1))
    assert str(slot.uuid) in browser.get(page_of(tasting)).text
    browser.post(f"{page_of(tasting)}appointment/", {"slot": slot.uuid})
    assert tasting.appointments.get().slot == slot

    parcel = desk.redeem(alice, desk.option("parcel", shipping_required=True), address="1 Elm Street")
    browser.post(f"{page_of(parcel)}address/", {"address": "2 Oak Street"})
    assert Redemption.objects.get(pk=parcel.pk).shipment.address == "2 Oak Street"


@pytest.mark.parametrize("path", [HISTORY, "/redemptions/", "/rewards/mug/redeem/"])
def test_whoever_is_not_signed_in_signs_in_first(desk, path):
    answer = Client(headers={"Host": "orchard.localhost"}).get(path)
    assert (answer.status_code, answer.url.startswith("/accounts/login/")) == (302, True)
    assert Client(headers={"Host": "orchard.localhost"}).post(REDEEM).status_code == 401
