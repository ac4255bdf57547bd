"""What is told of a customer, asked for and limited after they were merged into another: it is the survivor's."""

import pytest
from django.db import transaction
from msgspec.structs import replace

from referrals.models import LeaderboardAlias
from rewards.models import BadgeAward, RewardOption, RewardType, SegmentMember
from rewards.selectors.badges import badges_of
from rewards.services.merging import level_merged
from rewards.services.segments import list_members, recompute_segments
from rewards.services.stock import CustomerLimitReached, take_stock
from tests.factories.referrals import NOON
from tests.factories.rewards import BadgeFactory, SegmentFactory
from tests.rewards.checkout import Checkout, item
from tests.rewards.people import OWN
from tests.rewards.shop import policy

MEAL = policy("buyer", give={"grant": {"option": "free-meal", "quantity": 1}})
REGULAR = policy("buyer", give={"badge": {"code": "regular"}})


def test_rewards_of_the_other_can_be_used_and_badges_and_lists_are_the_survivors(open_people):
    shop = open_people(MEAL, REGULAR)
    BadgeFactory(merchant=shop.merchant, code="regular")
    RewardType.objects.filter(pk=shop.meal.reward_type_id).update(discount_type="free", product_category="meals")
    friends, big = (SegmentFactory(merchant=shop.merchant, condition=text) for text in ("", "customer.purchases > 9"))
    bought = shop.bought("anna")
    ann, anna = shop.customer("ann"), shop.customer("anna")
    for segment in (friends, big):
        SegmentMember.objects.create(merchant=shop.merchant, segment=segment, customer=anna, since=NOON)
    alias = {"alias": "Swift", "folded": "swift", "created_at": NOON}
    LeaderboardAlias.objects.create(merchant=shop.merchant, customer=anna, **alias)

    assert shop.merges().grants == 1

    checkout = Checkout(shop)
    held = checkout.hold("ann", item())
    assert (shop.grants_of(anna), held.goods) == (["reserved"], 0)
    checkout.buy(held)
    assert shop.grants_of(anna) == ["used"]
    assert [badge["id"] for badge in badges_of(ann.pk)] == ["regular"]
    assert not BadgeAward.objects.filter(customer=ann).exists(), "who has a badge is not given it again"
    assert list(SegmentMember.objects.values_list("segment", "customer")) == [(friends.pk, ann.pk)]
    assert LeaderboardAlias.objects.get().customer == ann
    shop.refunded(bought)
    assert badges_of(ann.pk) == []


def test_what_was_told_of_the_other_can_be_told_again(open_people):
    shop = open_people(OWN)
    ordered = shop.event("anna", payment_status="pending")
    review = {"activity_id": "review-1", "occurred_at": shop.now.isoformat()}
    shop.accept(ordered)
    shop.tell(("anna", "review", review))
    shop.bought("ann")
    shop.merges()

    (paid,) = shop.accept(replace(ordered, event_id="paid", payment_status="paid"), source="bus")
    reviewed = shop.tell(("anna", "review", review), ("ann", "review", review), ("eve", "review", review))
    shop.works()
    level_merged(now=shop.now)

    assert paid.kind == "repeated"
    assert [each.kind for each in reviewed] == ["repeated", "repeated", "conflict"]
    assert shop.points("ann") == 200


def test_segments_know_the_survivor_alone_by_either_id(two):
    bought, listed = (SegmentFactory(merchant=two.merchant, condition=text) for text in ("customer.purchases > 0", ""))
    two.merges()

    recompute_segments(merchant_id=two.merchant.pk, now=two.now)
    assert list_members(segment=listed, references=["anna", "nobody"], now=two.now) == ["nobody"]

    ann = two.customer("ann").pk
    assert set(SegmentMember.objects.values_list("segment", "customer")) == {(bought.pk, ann), (listed.pk, ann)}


def test_what_a_customer_can_have_only_once_both_have_had_if_one_had(two):
    RewardOption.objects.filter(pk=two.meal.pk).update(per_customer_max=1)
    meal = RewardOption.objects.get(pk=two.meal.pk)
    take_stock(option=meal, customer_id=two.customer("anna").pk, quantity=1, key="redemption:1", now=two.now)
    two.merges()

    with pytest.raises(CustomerLimitReached), transaction.atomic():
        take_stock(option=meal, customer_id=two.customer("ann").pk, quantity=1, key="redemption:2", now=two.now)
