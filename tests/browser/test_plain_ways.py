"""Whoever has no JavaScript, or no mouse, joins, shares and redeems like everybody else."""

import re

import pytest

from fulfillment.models import Redemption
from referrals.models import Customer, ReferralCode
from tests.browser.visitor import DESKTOP
from tests.factories.referrals import DestinationFactory
from tests.factories.rewards import RewardOptionFactory
from tests.rewards.shop import Shop, policy

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "orchard.localhost"


class WithAMouse:
    """Points at things, in a browser that runs no scripts."""

    how = {"javascript": False}

    def __init__(self, visitor):
        self.main = visitor.page.locator("main")

    def write(self, label, text):
        self.main.get_by_label(label, exact=True).fill(text)

    def press(self, role, name):
        self.main.get_by_role(role, name=name, exact=True).click()


class WithTheKeyboard:
    """Touches nothing but the keyboard."""

    how = {"size": DESKTOP}

    def __init__(self, visitor):
        self.visitor, self.keyboard = visitor, visitor.page.keyboard

    def write(self, label, text):
        self.visitor.tab_to(label)
        self.keyboard.press("Control+A")
        self.keyboard.type(text)

    def press(self, _role, name):
        self.visitor.tab_to(name)
        self.keyboard.press("Enter")


@pytest.fixture
def orchard():
    orchard = Shop(policy(points=1250), name="Orchard", domain=HOST)
    DestinationFactory(merchant=orchard.merchant, slug="home", kind="site", title="The orchard")
    RewardOptionFactory(reward_type=orchard.meal.reward_type, code="mug", name="A mug", points_required=1000)
    return orchard


@pytest.mark.parametrize("kind", [WithAMouse, WithTheKeyboard])
def test_a_friend_joins_shares_and_redeems(kind, visit, orchard, mailoutbox):
    friend = visit(HOST, **kind.how)
    way, page = kind(friend), friend.page
    friend.open(f"/r/{orchard.code('alice')}/")
    way.press("link", "Join Orchard")
    page.wait_for_url("**/accounts/signup/**")
    way.write("First name", "Bob")
    way.write("Email", "bob@example.com")
    way.press("button", "Join")
    page.get_by_role("heading", name="Look into your mail").wait_for()
    friend.open(re.search(r"http://[^/]+(/accounts/confirm-email/\S+)", mailoutbox[0].body)[1])
    way.press("button", "Yes, it is mine")
    page.get_by_role("heading", name="Hello, Bob").wait_for()

    way.press("button", "Get your code")
    page.locator(".code").wait_for()
    way.press("link", "Share")
    page.wait_for_url("**/share/")
    assert page.get_by_label("Or copy this").input_value().count(f"/r/{ReferralCode.objects.latest('id').code}/") == 1

    orchard.bought("bob-1", email="bob@example.com")
    friend.open("/rewards/")
    way.press("link", "Redeem: A mug")
    page.wait_for_url("**/rewards/mug/redeem/")
    way.press("button", "Redeem")
    page.wait_for_url("**/redemptions/**")

    redemption = Redemption.objects.get()
    assert redemption.option.code == "mug"
    assert redemption.customer == Customer.objects.get(name="Bob")
