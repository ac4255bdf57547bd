"""A friend, from a shared link to the reward of the one who shared it, with a real worker: what both see on the way."""

import re

import pytest
from django.core.management import call_command

from referrals.models import Merchant, Referral
from referrals.services.codes import issue_code
from tests.api.caller import line
from tests.concurrency.processes import CeleryWorker, nudge_workers, wait_until
from tests.factories.referrals import NOON, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "farmacy-food.localhost"
PASSWORD = "a-good-password"


@pytest.fixture
def farmacy(transactional_db):
    call_command("program", "apply", "farmacy-food", verbosity=0)
    return Merchant.objects.get(slug="farmacy-food")


def marks(visitor):
    """The steps of the first friend on the page of friends: those that are done."""
    visitor.open("/referrals/")
    return visitor.page.locator(".track").first.locator("li.done").count()


def test_a_friend_comes_by_a_link_loses_the_cookie_joins_by_the_code_buys_and_both_see_it(
    farmacy, visit, mailoutbox, new_caller, tmp_path, picture
):
    alice = CustomerFactory(merchant=farmacy, name="Alice Liddell", shows_first_name=True, user=UserFactory())
    host = visit(HOST)
    host.sign_in(alice.user.email, PASSWORD)
    host.page.wait_for_url("**/")
    code = str(issue_code(customer=alice, now=NOON))
    host.open("/share/?to=green-weeks")
    picture(host, "share")

    friend = visit(HOST)
    friend.open(f"/r/{code}/green-weeks/?via=whatsapp")
    friend.page.get_by_role("heading", name="Alice invites you to Farmacy Food").wait_for()
    friend.page.get_by_role("heading", name="Green weeks").wait_for()
    picture(friend, "landing")

    later = visit(HOST)
    later.open("/accounts/signup/")
    later.page.get_by_label("First name", exact=True).fill("Bob")
    later.page.get_by_label("Email").fill("bob@example.com")
    later.page.get_by_label("A friend’s code").fill(code.lower())
    later.page.locator("main").get_by_role("button", name="Join").click()
    later.page.get_by_role("heading", name="Look into your mail").wait_for()
    later.open(re.search(r"http://[^/]+(/accounts/confirm-email/\S+)", mailoutbox[0].body)[1])
    later.page.get_by_role("button", name="Yes, it is mine").click()
    later.page.get_by_role("heading", name="Alice brought you").wait_for()
    picture(later, "first-home")
    joined = marks(host)

    with CeleryWorker("journey", tmp_path):
        accepted = new_caller(farmacy).buy(
            customer={"id": "bob-1", "email": "bob@example.com"}, items=[line(category="meals", quantity=2)]
        )
        assert accepted.status_code == 202
        nudge_workers()
        assert wait_until(lambda: Referral.objects.filter(status="rewarded").exists())

    assert marks(host) > joined
    host.page.get_by_role("heading", name="A friend").or_(host.page.get_by_role("heading", name="Bob")).wait_for()
    picture(host, "tracker")
    host.open("/")
    host.page.get_by_text("20", exact=True).first.wait_for()
    picture(host, "home")
