"""A friend joins on a phone: every page on the way keeps nobody out."""

import os
import re
from pathlib import Path

import pytest

from referrals.models import Customer
from referrals.services.codes import issue_code
from tests.factories.referrals import NOON, CustomerFactory

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "corner-shop.localhost"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_friend_follows_a_link_and_joins_on_a_phone(visit, shop, mailoutbox, scheme):
    alice = CustomerFactory(merchant=shop, name="Alice Liddell", shows_first_name=True)
    shop.offer_to_friends = "A free mug with your first order."
    shop.save()
    friend = visit(HOST, scheme=scheme)
    steps = iter(range(1, 99))

    def look(at):
        assert friend.barriers() == []
        assert not friend.overflows()
        if folder := os.environ.get("PICTURES"):
            friend.page.screenshot(path=Path(folder) / f"{scheme}-{next(steps)}-{at}.png", full_page=True)

    for path in ("/", "/merchants/", "/accounts/login/code/", "/accounts/password/reset/"):
        friend.open(path)
        look(path.strip("/").replace("/", "-") or "welcome")
    friend.open(f"/r/{issue_code(customer=alice, now=NOON)}/?via=sms")
    look("landing")
    friend.page.get_by_role("link", name="Join").click()
    friend.page.get_by_label("First name", exact=True).fill("Bob")
    friend.page.get_by_label("Email").fill("bob@example.com")
    friend.page.get_by_label("A friend’s code").fill("NOBODYS")
    friend.page.locator("main").get_by_role("button", name="Join").click()
    friend.page.get_by_text("This referral code is not known.").wait_for()
    look("sign-up")
    friend.page.get_by_label("A friend’s code").fill(str(alice.codes.get()))
    friend.page.locator("main").get_by_role("button", name="Join").click()
    friend.page.get_by_role("heading", name="Look into your mail").wait_for()
    look("sent")
    friend.open(re.search(r"http://[^/]+(/accounts/confirm-email/\S+)", mailoutbox[0].body)[1])
    look("confirm")
    friend.page.get_by_role("button", name="Yes, it is mine").click()
    friend.page.get_by_role("heading", name="Alice brought you").wait_for()
    look("home")

    assert Customer.objects.get(name="Bob").email_verified_at is not None
