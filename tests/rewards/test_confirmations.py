"""Points that wait until the friend's e-mail is verified: the friend's own, and the referrer's."""

import pytest

from credits.models import Lot
from rewards.services.confirmations import confirm_email
from tests.rewards.shop import policy

UNTIL = {"pending_until": "email_verified"}


def on_joining(beneficiary, points, **terms):
    return policy(beneficiary, on="referral.joined", give={"points": {"fixed": points, **terms}})


@pytest.fixture
def shop(open_shop):
    return open_shop(on_joining("referrer", 500, **UNTIL), on_joining("referee", 100, **UNTIL), time_zone="UTC")


def sums(shop, *names):
    return [(account.available, account.pending) for account in map(shop.account, names)]


def confirm(shop, name):
    confirm_email(customer=shop.customer(name), now=shop.now)


def test_the_points_of_both_wait_and_are_let_go_together_once(shop):
    shop.joins("bob", code=shop.code("alice"))
    shop.works()
    assert sums(shop, "alice", "bob") == [(0, 500), (0, 100)]
    for _ in range(2):
        confirm(shop, "bob")
        assert sums(shop, "alice", "bob") == [(500, 0), (100, 0)]


def test_only_what_waits_for_this_friend_is_let_go(shop):
    code = shop.code("alice")
    shop.joins("bob", code=code)
    shop.joins("carol", code=code)
    shop.works()
    confirm(shop, "alice")
    assert sums(shop, "alice") == [(0, 1000)]
    confirm(shop, "carol")
    assert sums(shop, "alice", "bob", "carol") == [(500, 500), (0, 100), (100, 0)]


def test_whoever_is_verified_already_does_not_wait(shop):
    shop.joins("bob", code=shop.code("alice"))
    confirm(shop, "bob")
    shop.works()
    assert sums(shop, "alice", "bob") == [(500, 0), (100, 0)]


def test_days_that_the_policy_has_them_wait_besides_are_waited_out(open_shop):
    shop = open_shop(on_joining("referee", 100, pending_days=14, **UNTIL), time_zone="UTC")
    shop.joins("bob", code=shop.code("alice"))
    shop.works()
    confirm(shop, "bob")
    assert sums(shop, "bob") == [(0, 100)]
    assert str(Lot.objects.get().active_at.date()) == "2026-12-05"
