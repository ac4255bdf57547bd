"""A customer's pages as they meet them: how soon, by which way, and without JavaScript."""

import pytest
from django.test import Client
from django.urls import reverse

from config.navigation import FOR_CUSTOMERS
from fulfillment.models import ContactPreference
from fulfillment.selectors.inbox import unread_count
from referrals.models import Invitation, LeaderboardAlias
from rewards.models import Participation
from tests.browser.visitor import DESKTOP, PHONE, SMALL_PHONE
from tests.factories.fulfillment import NotificationFactory
from tests.factories.referrals import UserFactory
from tests.factories.rewards import BadgeAwardFactory, BadgeFactory, CampaignFactory, RewardOptionFactory
from tests.rewards.shop import Shop, evaluation_of, policy

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "orchard.localhost"
BESIDES = ["/notifications/settings/", "/settings/data/", "/share/invite/", "/rewards/mug/redeem/"]
WEIGHT_MAX = 100_000
"""Bytes, as the server sends them here: nothing is compressed."""

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


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_first_look_at_home_is_light_and_nothing_moves(visit, alice, size):
    client = Client(headers={"Host": HOST})
    client.force_login(alice.user)
    visitor = visit(HOST, size=size)
    visitor.come_as(client)

    weight, moved = visitor.weigh("/")

    assert visitor.page.get_by_role("heading", name="Hello, Alice Liddell").is_visible()
    assert weight <= WEIGHT_MAX
    assert moved == 0


def test_long_german_words_fit_on_a_small_phone(visit, alice):
    client = Client(headers={"Host": HOST})
    client.force_login(alice.user)
    visitor = visit(HOST, size=SMALL_PHONE, language="de")
    visitor.come_as(client)

    wide = []
    for path in [*(reverse(name) for name, *_ in FOR_CUSTOMERS), *BESIDES]:
        assert visitor.open(path).locator("html").get_attribute("lang") == "de"
        wide += [path] * visitor.overflows(SMALL_PHONE)
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


def test_without_javascript_every_form_does_what_it_says(visit_as_alice, alice, mailoutbox):
    visitor = visit_as_alice(javascript=False)
    page, here = visitor.page, visitor.page.locator("main")
    visitor.open("/campaigns/")
    here.get_by_role("button", name="Take part: Five times").click()
    here.get_by_text("You take part: Five times.").wait_for()
    visitor.open("/notifications/")
    here.get_by_role("button", name="I have read them").click()
    visitor.open("/notifications/settings/")
    here.get_by_label("Language").select_option("de")
    here.get_by_role("button", name="Keep it").click()
    visitor.open("/settings/")
    here.get_by_label("Name", exact=True).fill("Alicia")
    here.get_by_role("button", name="Save").click()
    visitor.open("/leaderboard/")
    here.get_by_label("Alias").fill("Wonderland")
    here.get_by_role("button", name="Show me").click()
    here.get_by_role("button", name="Take me off").wait_for()
    visitor.open("/share/invite/")
    here.get_by_role("textbox").fill("friend@example.com")
    here.get_by_role("checkbox").check()
    here.get_by_role("button", name="Send the invitations").click()
    page.wait_for_url("**/share/**")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").first.wait_for()

    alice.refresh_from_db()
    assert Participation.objects.get().joined_at is not None
    assert unread_count(customer=alice) == 0
    assert ContactPreference.objects.get().language == "de"
    assert (alice.name, LeaderboardAlias.objects.get().alias) == ("Alicia", "Wonderland")
    assert Invitation.objects.count() == 1
