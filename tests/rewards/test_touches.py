"""Of several ways by which a friend came one counts, and the referral says which."""

from datetime import timedelta
from itertools import combinations

import pytest
from django.test import Client
from django.utils import timezone

from config.lib.encryption import lookup_hash
from referrals.models import AttributionMethod, Referral, ShareLink, StoredTouch
from referrals.services.codes import issue_code
from referrals.services.touches import Touch, decisive_touch, forget_touches, store_touch
from tests.factories.referrals import NOON, CustomerFactory, ShareLinkFactory, UserFactory
from tests.factories.sharing import InvitationFactory
from tests.rewards.shop import policy

HOST = "orchard.localhost"
PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
DAY = timedelta(days=1)


@pytest.fixture
def shop(open_shop):
    return open_shop(policy("referrer", on="referral.joined"), domain=HOST)


@pytest.fixture
def link_of(shop):
    def link(name):
        code = issue_code(customer=shop.customer(name), now=NOON)
        return code.links.first() or ShareLinkFactory(code=code)

    return link


def brought(shop, friend):
    referral = shop.referral(friend)
    return referral.referrer.external_id, referral.method, referral.touched_at


@pytest.mark.parametrize(("earlier", "later"), list(combinations(AttributionMethod, 2)))
def test_the_methods_count_in_the_order_in_which_they_are_listed(earlier, later):
    touches = [Touch(later, "B", NOON - DAY), Touch(earlier, "A", NOON)]
    assert decisive_touch(touches, decisive="last").method == earlier


@pytest.mark.parametrize(("decisive", "wins"), [("first", "cookie"), ("last", "link")])
def test_of_several_links_the_merchant_has_the_first_or_the_last_count(decisive, wins):
    cookie, link = Touch(AttributionMethod.COOKIE, "A", NOON - DAY), Touch(AttributionMethod.LINK, "B", NOON)
    assert decisive_touch([link, cookie], decisive=decisive).method == wins


def test_a_code_in_the_purchase_and_one_that_is_registered_say_so(shop):
    code = shop.code("alice")
    shop.bought("bob", referral_code=code)
    shop.joins("carol", code=code)

    assert brought(shop, "bob") == ("alice", "purchase", NOON)
    assert brought(shop, "carol")[:2] == ("alice", "typed")


def test_a_first_purchase_without_a_code_is_brought_by_what_the_profile_remembers(shop, link_of):
    shop.joins("bob")
    link = link_of("alice")
    store_touch(customer=shop.customer("bob"), link=link, now=NOON - DAY)

    shop.bought("bob")

    assert brought(shop, "bob") == ("alice", "profile", NOON - DAY)
    assert shop.referral("bob").share_link == link
    assert shop.points("alice") == 100


def test_a_code_in_the_purchase_counts_before_the_profile(shop, link_of):
    store_touch(customer=shop.customer("bob"), link=link_of("alice"), now=NOON - DAY)

    shop.bought("bob", referral_code=shop.code("carol"))

    assert brought(shop, "bob") == ("carol", "purchase", NOON)


def test_what_is_remembered_is_of_90_days_and_never_of_oneself_or_after_a_purchase(shop, link_of):
    store_touch(customer=shop.customer("bob"), link=link_of("alice"), now=NOON - 91 * DAY)
    store_touch(customer=shop.customer("alice"), link=link_of("alice"), now=NOON)
    shop.bought("carol")
    store_touch(customer=shop.customer("carol"), link=link_of("alice"), now=NOON)
    for name in ("bob", "alice", "carol"):
        shop.bought(name)

    assert not Referral.objects.exists()
    forget_touches(now=NOON)
    assert [touch.customer.external_id for touch in StoredTouch.objects.all()] == ["carol"]


@pytest.mark.parametrize(("decisive", "remembered"), [("first", "alice"), ("last", "carol")])
def test_a_browser_and_a_profile_remember_the_first_or_the_last_link(open_shop, decisive, remembered):
    shop = open_shop(domain=HOST, decisive_touch=decisive)
    bob = CustomerFactory(merchant=shop.merchant, external_id="bob", user=UserFactory())
    phone = Client(headers={"Host": HOST, "User-Agent": PERSON})
    phone.force_login(bob.user)

    for name in ("alice", "carol"):
        phone.get(f"/r/{issue_code(customer=shop.customer(name), now=timezone.now())}/")

    assert phone.cookies["grapevine_referral"].value.split(".")[0] == shop.code(remembered)
    assert StoredTouch.objects.get(customer=bob).code.code == shop.code(remembered)
    assert ShareLink.objects.count() == 2


def test_whoever_was_invited_by_e_mail_is_brought_by_that_if_by_nothing_else(shop, link_of):
    code = issue_code(customer=shop.customer("alice"), now=NOON)
    for friend in ("bob", "carol"):
        address = f"{friend}@example.com"
        InvitationFactory(code=code, email_hash=lookup_hash(address), state="sent", sent_at=NOON - DAY)

    shop.joins("bob")
    shop.joins("carol", code=shop.code("dora"))

    assert brought(shop, "bob") == ("alice", "invitation", NOON - DAY)
    assert brought(shop, "carol")[:2] == ("dora", "typed")
