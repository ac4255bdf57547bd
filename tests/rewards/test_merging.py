"""Two customers turn out to be one: one goes on for both, nothing is lost or doubled, and the books stay right."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from credits.models import Account, Entry, Lot
from referrals.models import AuditRecord, Customer, Event, Referral, ReferralCode
from referrals.selectors import get_customer
from referrals.services.codes import choose_code
from referrals.services.customers import CustomerConflict
from referrals.services.merging import MergeTheOtherWay, MergeWithOneself, NobodyToMerge
from rewards.models import Counter
from rewards.selectors.credits import credits_of
from rewards.selectors.friends import points_from_friends
from rewards.selectors.person import everything_about
from rewards.selectors.tracker import friends_of
from rewards.services.erasure import erase_customer
from rewards.services.merging import level_merged, preview_merge
from tests.factories.referrals import NOON, UserFactory
from tests.rewards.people import FRIEND_BUYS, OWN, People
from tests.rewards.shop import assert_books_are_right, policy

EVERY_SECOND = policy(
    "referrer", points=1000, milestones={"measure": "purchases", "scope": "across_friends", "every": 2}
)


def test_points_move_once_with_their_expiry_and_the_way_there_is_told(two):
    anna = two.account("anna")

    outcome = two.merges()

    assert (outcome.points, outcome.points_later, outcome.owed) == (100, 0, 0)
    assert two.points("ann") == 200
    went, came = Entry.objects.filter(reason="merged").order_by("points")
    assert (went.account, went.points, came.points) == (anna, -100, 100)
    assert came.lot.expires_at == Lot.objects.get(account=anna).expires_at


def test_every_id_of_the_one_who_went_leads_to_the_one_who_stays(two):
    ann, anna = two.customer("ann"), two.customer("anna")
    two.merges()

    for reference in ("ann", "anna", str(ann.uuid), str(anna.uuid)):
        assert get_customer(merchant=two.merchant, reference=reference) == ann
    two.bought("anna")
    two.joins("anna")
    assert two.points("ann") == 300
    assert Customer.objects.count() == 2
    assert credits_of(merchant_id=two.merchant.pk, reference=str(anna.uuid), now=two.now).customer_id == ann.pk


def test_what_is_known_of_them_is_put_together_and_nothing_is_left_behind(two):
    user, anna = UserFactory(email="anna@example.com"), two.customer("anna")
    Customer.objects.filter(pk=anna.pk).update(name="Anna", user=user, phone="+49 30 1", phone_hash=b"p" * 32)

    two.merges()

    ann, left = two.customer("ann"), Customer.objects.get(pk=anna.pk)
    assert (ann.name, ann.user, ann.phone) == ("Anna", user, "+49 30 1")
    assert (left.name, left.user, left.phone, left.external_id, left.merged_into) == ("", None, "", None, ann)
    assert AuditRecord.objects.get().subjects == [ann.pk, left.pk]
    assert Event.objects.get(type="customer.merged").payload == {"customer": str(left.uuid), "into": str(ann.uuid)}


def test_friends_and_codes_of_both_are_the_survivors(open_people):
    shop = open_people(FRIEND_BUYS)
    codes = {name: shop.code(name) for name in ("ann", "anna")}
    shop.bought("bob", referral_code=codes["ann"])
    shop.bought("cleo", referral_code=codes["anna"])

    outcome = shop.merges()
    shop.bought("cleo")
    shop.bought("dora", referral_code=codes["anna"])

    assert outcome.friends == 1
    ann = shop.customer("ann")
    tracked = [friend.earned.points for friend in friends_of(referrer=ann, now=shop.now)]
    assert (shop.points("ann"), points_from_friends(customer=ann), tracked) == (40, 40, [10, 20, 10])
    assert {each.referrer.external_id for each in Referral.objects.all()} == {"ann"}
    assert sorted(shop.customer("ann").codes.filter(retired_at=None).values_list("is_main", flat=True)) == [False, True]
    assert shop.joins("eve", code=codes["anna"]).is_referred
    assert shop.joins("ann", code=codes["anna"]).refused == "own_code"


def test_friends_of_both_are_counted_together_and_no_milestone_is_paid_twice(open_people):
    shop = open_people(EVERY_SECOND)
    for friend, referrer in (("bob", "ann"), ("cleo", "ann"), ("dora", "anna"), ("eve", "anna"), ("eve", "anna")):
        bought = shop.bought(friend, referral_code=shop.code(referrer))
    assert (shop.points("ann"), shop.points("anna")) == (1000, 1000)

    shop.merges()
    shop.refunded(bought)
    shop.bought("dora")
    assert shop.points("ann") == 2000
    shop.bought("dora")

    assert shop.points("ann") == 3000
    assert Counter.objects.get(customer=shop.customer("ann"), scope="across_friends").amount == 6


def test_the_survivors_referrer_stays_and_the_others_gains_nothing_more(two):
    two.bought("eve", referral_code=two.code("carl"))

    outcome = two.merges("ann", "eve")
    two.bought("eve")

    assert (outcome.keeps_referrer, outcome.loses_referrer) == (False, True)
    assert two.points("carl") == 10
    assert Referral.objects.count() == 1


def test_whoever_brought_the_other_must_be_the_one_who_stays(open_people):
    shop = open_people(OWN, FRIEND_BUYS)
    shop.bought("anna", referral_code=shop.code("ann"))

    with pytest.raises(MergeTheOtherWay):
        shop.merges("anna", "ann")
    shop.merges()
    shop.bought("anna")

    assert shop.points("ann") == 10 + 100 + 100, "for the friend, moved, for oneself: nobody is their own friend"


def test_nobody_is_merged_with_themselves_or_with_somebody_who_was_erased(two):
    with pytest.raises(MergeWithOneself):
        two.merges("ann", "ann")
    zoe = two.customer("zoe")
    erase_customer(customer=zoe, now=two.now, reason="customer_request")
    zoe.refresh_from_db()
    with pytest.raises(NobodyToMerge):
        preview_merge(survivor=two.customer("ann"), merged=zoe)


def test_what_was_on_its_way_follows_and_what_is_owed_is_repaid(open_people):
    shop = open_people(OWN)
    waiting = shop.buys("anna")
    shop.bought("ann", at=NOON)
    anna = Account.objects.get(customer=shop.customer("anna"))
    shop.refunds(shop.bought("ann"))
    shop.merges()
    shop.works()
    level_merged(now=shop.now)
    assert shop.points("ann") == 200

    shop.refunded(waiting)
    anna.refresh_from_db()
    assert anna.owed == 100
    assert [level_merged(now=shop.now), level_merged(now=shop.now)] == [1, 0]
    anna.refresh_from_db()
    assert (shop.points("ann"), anna.owed, anna.available) == (100, 0, 0)


def test_a_second_merge_takes_the_first_along(two):
    anna = two.customer("anna")
    two.merges()
    two.bought("annie")

    two.merges("annie", "ann")

    annie = two.customer("annie")
    anna.refresh_from_db()
    assert (two.customer("anna"), two.customer("ann"), anna.merged_into) == (annie, annie, annie)
    assert two.points("annie") == 300


def test_erasure_and_export_follow_both(two):
    choose_code(customer=two.customer("anna"), wanted="ANNABEL", now=NOON)
    two.merges()
    told = everything_about(customer=two.customer("ann"), now=two.now)
    assert told["profile"]["also_known_as"] == ["anna"]
    assert [bought["order_id"] for bought in told["merged"][0]["purchases"]] == ["order-2"]

    erase_customer(customer=two.customer("ann"), now=two.now, reason="customer_request")

    assert not ReferralCode.objects.filter(code="ANNABE1").exists()
    assert two.joins("anna").is_new


NAMES = ("ann", "anna", "annie")
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["buys", "joins", "refunds", "merges", "levels", "works"]),
        st.sampled_from(NAMES),
        st.sampled_from((*NAMES, "bob")),
    ),
    min_size=4,
    max_size=14,
)


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(moves=MOVES)
def test_whatever_happens_before_and_after_no_point_is_lost_and_the_books_are_right(moves):
    with transaction.atomic():
        shop, bought = People(OWN, FRIEND_BUYS, EVERY_SECOND), []
        for act, who, other in moves:
            play(shop, bought, act, who, other)
        shop.works()
        while level_merged(now=shop.now):
            pass
        assert_books_are_right()
        assert not Account.objects.filter(customer__merged_into__isnull=False, available__gt=0).exists()
        assert not Referral.objects.filter(referrer__merged_into__isnull=False).exists()
        transaction.set_rollback(True)


def play(shop, bought, act, who, other):
    if act == "buys":
        bought.append(shop.buys(who, referral_code=shop.code(other)))
    elif act == "joins":
        with suppress(CustomerConflict):
            shop.joins(who)
    elif act == "refunds" and bought:
        shop.works()
        shop.refunds(bought.pop())
    elif act == "merges":
        with suppress(MergeWithOneself, MergeTheOtherWay):
            shop.merges(who, other)
    elif act == "levels":
        level_merged(now=shop.now)
    else:
        shop.works(later=timedelta(seconds=1))
