"""Every page of a customer, as they meet it: on a phone or a desk, in the light or the dark, without JavaScript."""

import pytest
from django.urls import reverse
from django.utils import timezone

from config.navigation import FOR_CUSTOMERS
from fulfillment.models import Redemption
from fulfillment.services.moving import CUSTOMER
from fulfillment.services.redemptions import Wish, redeem
from rewards.models import Participation, RewardOption
from tests.browser.visitor import DESKTOP, PHONE, SMALL_PHONE
from tests.factories.fulfillment import NotificationFactory
from tests.factories.referrals import UserFactory
from tests.factories.rewards import BadgeAwardFactory, BadgeFactory, CampaignFactory, RewardOptionFactory
from tests.rewards.shop import Shop, evaluation_of, policy

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "orchard.localhost"
BESIDES = [
    "/notifications/settings/",
    "/settings/data/",
    "/settings/data/erase/",
    "/share/invite/",
    "/rewards/mug/redeem/",
]
GOAL = {"type": "achievement", "goal": {"measure": "purchases", "target": 5}, "join": "participate"}


@pytest.fixture
def alice():
    """A customer who has something of everything."""
    shop = Shop(policy(points=1250), policy("referrer", on="referral.qualified", points=500), domain=HOST)
    alice = shop.customer("alice")
    alice.user, alice.name = UserFactory(), "Alice Liddell"
    alice.save()
    bought = shop.bought("alice", dollars=40)
    shop.bought("ben", referral_code=shop.code("alice"))
    for code, points, said in (("mug", 1000, {}), ("car", 9000, {}), ("ring", 900, {"min_tier": "silver"})):
        RewardOptionFactory(
            reward_type=shop.meal.reward_type, code=code, name=f"A {code}", points_required=points, **said
        )
    CampaignFactory(merchant=shop.merchant, code="five", name="Five times", definition=GOAL)
    BadgeFactory(merchant=shop.merchant)
    BadgeAwardFactory(evaluation=evaluation_of(bought), customer=alice, badge__merchant=shop.merchant)
    NotificationFactory(customer=alice)
    return alice


@pytest.fixture
def visit_as_alice(visit, alice):
    def sign_in(**how):
        visitor = visit(host=HOST, **how)
        visitor.sign_in(alice.user.email, "a-good-password")
        visitor.page.wait_for_url("**/")
        return visitor

    return sign_in


@pytest.mark.parametrize(("size", "scheme"), [(PHONE, "light"), (DESKTOP, "dark")], ids=["phone", "desktop"])
def test_no_page_of_a_customer_keeps_anybody_out(visit_as_alice, alice, size, scheme):
    mug = RewardOption.objects.get(code="mug")
    wish = Wish(customer=alice, option=mug, quantity=1, key="mug", actor=CUSTOMER, address="")
    redemption = redeem(wish=wish, now=timezone.now())
    visitor = visit_as_alice(size=size, scheme=scheme)

    for path in [*(reverse(name) for name, *_ in FOR_CUSTOMERS), *BESIDES, f"/redemptions/{redemption.uuid}/"]:
        page = visitor.open(path)
        assert page.locator("h1").count() == 1
        assert visitor.barriers() == []
        assert not visitor.overflows()


def test_long_german_words_fit_on_a_small_phone(visit, alice):
    visitor = visit(host=HOST, size=SMALL_PHONE, language="de")
    page = visitor.open("/accounts/login/")
    page.get_by_label("E-Mail").fill(alice.user.email)
    page.get_by_label("Passwort", exact=True).fill("a-good-password")
    page.locator("main").get_by_role("button", name="Anmelden").click()
    page.wait_for_url("**/")

    wide = []
    for path in [*(reverse(name) for name, *_ in FOR_CUSTOMERS), *BESIDES]:
        visitor.open(path)
        wide += [path] * visitor.overflows()
    assert wide == []


def test_without_javascript_a_reader_changes_the_language(visit_as_alice):
    page = visit_as_alice(javascript=False).page
    page.get_by_role("button", name="Deutsch").click()
    page.get_by_role("heading", name="Hallo, Alice").wait_for()
    page.get_by_role("link", name="Prämien", exact=True).click()
    page.get_by_role("button", name="English").click()

    page.get_by_role("heading", name="Rewards").wait_for()


def test_a_phone_has_five_tabs_and_finds_the_rest_under_the_last(visit_as_alice):
    page = visit_as_alice().page
    tabs = page.get_by_role("navigation", name="Your pages").get_by_role("link")

    assert [tab.inner_text().split()[0] for tab in tabs.all()] == ["Home", "Share", "Rewards", "Points", "More"]
    tabs.last.click()
    page.locator("main").get_by_role("link", name="Inbox 1 unread").click()
    page.get_by_role("heading", name="Notifications").wait_for()


def test_a_desk_shows_every_page_in_one_row(visit_as_alice):
    page = visit_as_alice(size=DESKTOP).page
    tabs = page.get_by_role("navigation", name="Your pages")

    assert tabs.get_by_role("link").count() == len(FOR_CUSTOMERS) - 1
    assert tabs.locator("ul").evaluate("list => list.scrollWidth <= list.clientWidth")


def test_without_javascript_a_customer_redeems_and_takes_part(visit_as_alice):
    page = visit_as_alice(javascript=False).page
    page.get_by_role("link", name="Rewards", exact=True).click()
    page.get_by_role("link", name="Affordable now").click()
    page.get_by_role("link", name="Redeem: A mug").click()
    page.get_by_role("button", name="Redeem").click()
    page.get_by_role("heading", name="A mug").wait_for()
    page.goto(page.url.split("/redemptions/")[0] + "/campaigns/")
    page.get_by_role("button", name="Take part: Five times").click()
    page.get_by_text("You take part: Five times.").wait_for()

    assert Redemption.objects.get().option.code == "mug"
    assert Participation.objects.get().joined_at is not None
