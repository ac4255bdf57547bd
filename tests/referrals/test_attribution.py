"""Who brought whom: which claims count, and that a friend has one referrer for life."""

from datetime import timedelta
from itertools import count

import pytest

from referrals.models import Referral
from referrals.services.attribution import join_referrals, lock_referrals
from referrals.services.claims import Claim
from referrals.services.codes import issue_code, retire_code
from referrals.services.steps import qualify_referral, reverse_referral, reward_referral, write_referrals
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory, PurchaseFactory

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
numbers = count(1)


@pytest.fixture
def shop():
    return MerchantFactory()


@pytest.fixture
def alice(shop):
    return CustomerFactory(merchant=shop, name="Alice")


@pytest.fixture
def bob(shop):
    return CustomerFactory(merchant=shop, name="Bob")


def code_of(customer):
    return issue_code(customer=customer, now=NOON - HOUR)


def claim(friend, code, at=NOON):
    return Claim(next(numbers), friend.pk, getattr(code, "code", code), at)


def bring(*claims):
    """One batch of claims; the reasons of those that were refused, in their order."""
    friends = [each.referee_id for each in claims]
    merchant_id = Referral._meta.get_field("referee").related_model.objects.get(pk=friends[0]).merchant_id
    referrals = lock_referrals(merchant_id=merchant_id, referee_ids=friends)
    refused = join_referrals(merchant_id=merchant_id, claims=claims, referrals=referrals, now=NOON)
    write_referrals(merchant_id=merchant_id, referrals=referrals.values(), now=NOON)
    return [refused.get(each.key, "") for each in claims]


def referrer_of(friend):
    return Referral.objects.get(referee=friend).referrer


def test_a_friend_is_joined_to_whose_code_they_brought(alice, bob):
    code = code_of(alice)
    assert bring(claim(bob, code)) == [""]
    referral = Referral.objects.get()
    assert (referral.referrer, referral.referee, referral.referral_link) == (alice, bob, code)
    assert (referral.status, referral.joined_at, referral.event_sequence) == ("joined", NOON, 1)


def test_an_unknown_code_is_refused(bob):
    assert bring(claim(bob, "7K3M9QX2RT0")) == ["unknown_code"]
    assert not Referral.objects.exists()


def test_a_code_of_another_merchant_is_unknown(bob):
    assert bring(claim(bob, code_of(CustomerFactory()))) == ["unknown_code"]


def test_nobody_refers_themselves(alice):
    assert bring(claim(alice, code_of(alice))) == ["own_code"]


@pytest.mark.parametrize(
    ("since", "reason"), [(NOON - HOUR, "code_retired"), (NOON, "code_retired"), (NOON + HOUR, "")]
)
def test_a_retired_code_counts_for_whoever_brought_it_before(alice, bob, since, reason):
    code = code_of(alice)
    retire_code(code=code, now=since)
    assert bring(claim(bob, code)) == [reason]


@pytest.mark.parametrize(("bought", "reason"), [(NOON - HOUR, "existing_customer"), (NOON, ""), (NOON + HOUR, "")])
def test_whoever_bought_before_is_a_customer_already(alice, bob, bought, reason):
    PurchaseFactory(customer=bob, occurred_at=bought)
    assert bring(claim(bob, code_of(alice))) == [reason]


def test_a_friend_has_one_referrer_for_life(shop, alice, bob):
    bring(claim(bob, code_of(alice)))
    assert bring(claim(bob, code_of(CustomerFactory(merchant=shop)), NOON - HOUR)) == ["already_referred"]
    assert referrer_of(bob) == alice


def test_the_same_code_again_is_no_mistake_and_changes_nothing(alice, bob):
    code = code_of(alice)
    assert bring(claim(bob, code)) == bring(claim(bob, code, NOON + HOUR)) == [""]
    assert Referral.objects.get().event_sequence == 1


def test_of_two_claims_the_first_in_time_wins(shop, alice, bob):
    carol = CustomerFactory(merchant=shop)
    assert bring(claim(bob, code_of(carol), NOON), claim(bob, code_of(alice), NOON - HOUR)) == ["already_referred", ""]
    assert referrer_of(bob) == alice


def test_of_two_claims_at_one_moment_the_first_that_was_told_wins(shop, alice, bob):
    assert bring(claim(bob, code_of(alice)), claim(bob, code_of(CustomerFactory(merchant=shop)))) == [
        "",
        "already_referred",
    ]
    assert referrer_of(bob) == alice


def test_a_wrong_code_does_not_stand_in_the_way_of_a_right_one(alice, bob):
    assert bring(claim(bob, "WRONG", NOON - HOUR), claim(bob, code_of(alice))) == ["unknown_code", ""]
    assert referrer_of(bob) == alice


def test_each_friend_of_a_batch_is_answered_for_themselves(shop, alice):
    friends = [CustomerFactory(merchant=shop) for _ in range(3)]
    code = code_of(alice)
    assert bring(claim(friends[0], code), claim(friends[1], "WRONG"), claim(friends[2], code)) == [
        "",
        "unknown_code",
        "",
    ]
    assert {referral.referee for referral in Referral.objects.all()} == {friends[0], friends[2]}


def test_a_friends_work_queues_with_that_of_whoever_began_the_chain(shop, alice, bob):
    carol = CustomerFactory(merchant=shop)
    bring(claim(bob, code_of(alice)))
    bring(claim(carol, code_of(bob)))
    for friend in (bob, carol):
        friend.refresh_from_db()
    assert bob.root_id == carol.root_id == alice.pk


def move(friend, step, now=NOON):
    found = lock_referrals(merchant_id=friend.merchant_id, referee_ids=[friend.pk], settled_too=True)
    step(found[friend.pk], now=now)
    write_referrals(merchant_id=friend.merchant_id, referrals=found.values(), now=now)
    return Referral.objects.get(referee=friend)


@pytest.fixture
def joined(alice, bob):
    bring(claim(bob, code_of(alice)))
    return bob


def test_a_referral_qualifies_and_is_rewarded(joined):
    assert move(joined, qualify_referral).status == "qualified"
    referral = move(joined, reward_referral, NOON + HOUR)
    assert (referral.status, referral.qualified_at, referral.rewarded_at) == ("rewarded", NOON, NOON + HOUR)


def test_what_was_given_for_joining_does_not_make_a_referral_rewarded_before_it_qualifies(joined):
    assert move(joined, reward_referral).status == "joined"
    assert move(joined, qualify_referral).status == "rewarded"


def test_a_later_reward_keeps_the_date_of_the_first(joined):
    move(joined, qualify_referral)
    move(joined, reward_referral)
    assert move(joined, reward_referral, NOON + HOUR).rewarded_at == NOON


def test_a_referral_that_was_reversed_can_qualify_again(joined):
    for hours, step in enumerate((qualify_referral, reward_referral, reverse_referral)):
        referral = move(joined, step, NOON + hours * HOUR)
    assert (referral.status, referral.reversed_at) == ("reversed", NOON + 2 * HOUR)
    again = move(joined, qualify_referral, NOON + 3 * HOUR)
    assert (again.status, again.qualified_at) == ("rewarded", NOON + 3 * HOUR)


def test_only_a_refund_locks_a_referral_that_is_settled(joined):
    move(joined, qualify_referral)
    move(joined, reward_referral)
    found = lock_referrals(merchant_id=joined.merchant_id, referee_ids=[joined.pk])
    assert found[joined.pk].status == "rewarded"
