"""The promise tracker: what the referrer sees of each friend, step by step."""

from datetime import timedelta

import pytest

from config.lib.encryption import lookup_hash
from referrals.models import Invitation
from referrals.selectors.sharing import main_code
from referrals.services.expiring import expire_referrals
from referrals.services.invitations import invite_friends, note_click, note_joined, send_next
from rewards.selectors.tracker import friends_of, open_invitations
from rewards.services.confirmations import confirm_email
from rewards.services.erasure import erase_customer
from rewards.services.reviews import decide_referral
from tests.factories.referrals import NOON, UserFactory
from tests.rewards.shop import policy

DAY = timedelta(days=1)
ON_QUALIFYING = policy("referrer", on="referral.qualified", points=500)


def tracked(shop, name="alice"):
    (friend,) = friends_of(referrer=shop.customer(name), now=shop.now)
    return friend


def invite(shop, *addresses):
    shop.code("alice")
    code = main_code(customer=shop.customer("alice"))
    invite_friends(code=code, addresses=addresses, destination=None, consent="I know them.", now=shop.now)


def seen(shop):
    invitations, _ = open_invitations(referrer=shop.customer("alice"), now=shop.now)
    return [done(each) for each in invitations]


def done(friend):
    return [step.stage.value for step in friend.steps if step.mark == "done"]


def test_a_friend_moves_step_by_step(open_shop):
    shop = open_shop(ON_QUALIFYING, referral_hold_days=14, friends_verify_email=True)
    shop.joins("bob", code=shop.code("alice"))
    assert (tracked(shop).status, done(tracked(shop))) == ("pending", [])
    confirm_email(customer=shop.customer("bob"), now=shop.now)
    shop.works()
    assert (tracked(shop).status, done(tracked(shop))) == ("joined", ["joined"])
    shop.bought("bob", 40)
    waiting = tracked(shop)
    assert (waiting.status, done(waiting), waiting.earned.points) == ("rewarded", ["joined", "bought"], 500)
    assert (waiting.earned.pending, waiting.earned.held_until - shop.now > 13 * DAY) == (500, True)
    shop.now += 15 * DAY
    assert done(tracked(shop)) == ["joined", "bought", "rewarded"]
    assert tracked(shop).earned.pending == 0


def test_a_friend_who_does_not_buy_in_time_expires_and_a_purchase_of_that_time_still_counts(open_shop):
    shop = open_shop(ON_QUALIFYING, days_to_qualify=30)
    shop.joins("bob", code=shop.code("alice"))
    joined, shop.now = shop.now, shop.now + 30 * DAY
    assert [expire_referrals(now=shop.now) for _ in range(2)] == [1, 0]
    assert tracked(shop).status == "expired"
    shop.bought("bob", at=shop.now)
    assert (tracked(shop).status, shop.points("alice")) == ("expired", 0)
    shop.bought("bob", at=joined + 29 * DAY)
    assert (tracked(shop).status, shop.points("alice")) == ("rewarded", 500)


def test_a_returned_order_is_told_and_another_can_count(open_shop):
    shop = open_shop(ON_QUALIFYING)
    purchase = shop.bought("bob", referral_code=shop.code("alice"))
    shop.refunded(purchase)
    assert (tracked(shop).status, done(tracked(shop)), tracked(shop).earned.points) == ("reversed", ["joined"], 0)


def test_a_rejected_friend_is_told_without_a_reason(open_shop):
    shop = open_shop(ON_QUALIFYING)
    shop.bought("bob", referral_code=shop.code("alice"))
    decide_referral(referral=shop.referral("bob"), verdict="rejected", decided_by=UserFactory(), now=shop.now)
    shop.works()
    told = tracked(shop)
    assert (told.status, done(told), told.earned.points) == ("rejected", ["joined", "bought"], 0)
    assert "could not be accepted" in str(told.sentence)


def test_an_invitation_is_followed_until_a_friend_answers_it(open_shop):
    shop = open_shop(ON_QUALIFYING)
    invite(shop, "bob@example.com")
    assert (seen(shop), friends_of(referrer=shop.customer("alice"), now=shop.now)) == ([["invited"]], [])
    note_click(invitation=Invitation.objects.get().uuid, code=main_code(customer=shop.customer("alice")), now=NOON)
    assert seen(shop) == [["invited", "clicked"]]
    shop.joins("bob", code=shop.code("alice"))
    note_joined()
    assert (seen(shop), done(tracked(shop))) == ([], ["invited", "clicked", "joined"])


def test_nobody_can_tell_by_an_invitation_who_is_a_customer(open_shop):
    shop = open_shop(ON_QUALIFYING)
    shop.joins("carol")
    invite(shop, "stranger@example.com", "carol@example.com", "gone@example.com")
    while send_next(now=shop.now):
        pass
    Invitation.objects.filter(email_hash=lookup_hash("gone@example.com")).update(state="failed", sent_at=None)
    erase_customer(customer=shop.customer("carol"), now=shop.now, reason="customer_request")
    told, more = open_invitations(referrer=shop.customer("alice"), now=shop.now, limit=2)
    assert (told[0], more) == (told[1], 1)
    assert seen(shop) == [["invited"]] * 3
    shop.now += 30 * DAY
    assert seen(shop) == []


@pytest.mark.parametrize(("shows", "name"), [(False, ""), (True, "Bob")])
def test_a_friends_name_is_shown_as_far_as_they_agreed(open_shop, shows, name):
    shop = open_shop(ON_QUALIFYING)
    shop.bought("bob", referral_code=shop.code("alice"))
    bob = shop.customer("bob")
    bob.name, bob.shows_first_name = "Bob Baker", shows
    bob.save()
    assert tracked(shop).first_name == name


def test_pages_follow_each_other(open_shop):
    shop = open_shop(ON_QUALIFYING)
    code = shop.code("alice")
    for number in range(3):
        shop.now += DAY
        shop.joins(f"friend-{number}", code=code)
    first = friends_of(referrer=shop.customer("alice"), now=shop.now, limit=2)
    rest = friends_of(referrer=shop.customer("alice"), now=shop.now, before=first[-1].place)
    assert [len(first), len(rest)] == [2, 1]
