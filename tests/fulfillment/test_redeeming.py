"""Redeeming points for a reward, from asking for it to having it, or to having the points back."""

from datetime import timedelta

import pytest
from django.db import transaction

from config.lib.idempotency import KeyReused
from credits.models import Lot
from credits.services.drawing import InsufficientPoints
from fulfillment.models import Redemption
from fulfillment.selectors.redemptions import codes_of, find_redemption, steps_of
from fulfillment.services.refusals import (
    AddressNeeded,
    IllegalMove,
    NoLongerOffered,
    NotOffered,
    NotYetOffered,
    OwnRedemption,
)
from referrals.models import Event
from rewards.models import Grant, RewardOption
from rewards.services.coupons import import_coupons
from rewards.services.stock import CustomerLimitReached, SoldOut
from tests.factories.referrals import UserFactory
from tests.fulfillment.desk import history_of, spent, status_of, stock_of, sums, told_of

DAY = timedelta(days=1)


def test_a_reward_that_waits_for_approval_holds_the_points_and_is_put_aside(desk):
    mug = desk.option(needs_approval=True, stock_quantity=5)
    alice = desk.customer(points=500)

    redemption = desk.redeem(alice, mug, quantity=2)

    assert (status_of(redemption), redemption.points) == ("pending", 200)
    assert sums(alice) == {"available": 300, "held": 200}
    assert stock_of(mug) == 3
    assert told_of(redemption) == ["redemption.pending"]


def test_approved_and_delivered_it_is_spent_once(desk):
    mug = desk.option(needs_approval=True, needs_technician=True)
    alice, tina = desk.customer(points=100), desk.technician()
    redemption = desk.redeem(alice, mug)

    desk.approve(redemption)
    desk.approve(redemption)
    assert desk.dispatch() == [tina]
    for _ in range(2):
        desk.completes(tina, desk.job(redemption))

    assert status_of(redemption) == "fulfilled"
    assert (sums(alice), spent(alice)) == ({}, [-100])
    assert [step for step, *_ in history_of(redemption)] == ["pending", "approved", "fulfilled"]
    assert told_of(redemption) == [
        "redemption.pending", "redemption.approved", "redemption.assigned", "redemption.fulfilled"
    ]  # fmt: skip


@pytest.mark.parametrize("undo", ["reject", "cancel"])
def test_undone_the_points_return_to_their_lots_and_the_reward_to_the_shelf(desk, undo):
    mug = desk.option(needs_approval=True, stock_quantity=1)
    alice = desk.customer()
    desk.earn(alice, 60, expires_at=desk.now + DAY)
    desk.earn(alice, 60, expires_at=desk.now + 2 * DAY)
    before = list(Lot.objects.order_by("pk").values_list("remaining", "expires_at"))
    redemption = desk.redeem(alice, mug)

    for _ in range(2):
        getattr(desk, undo)(redemption)

    assert (sums(alice), stock_of(mug), spent(alice)) == ({"available": 120}, 1, [])
    assert list(Lot.objects.order_by("pk").values_list("remaining", "expires_at")) == before
    assert Lot.objects.filter(held__gt=0).count() == 0


def test_a_customer_cancels_only_what_waits_for_approval(desk):
    redemption = desk.redeem(desk.customer(points=100), desk.option(needs_technician=True))

    with pytest.raises(IllegalMove):
        desk.cancel(redemption)

    assert status_of(desk.cancel(redemption, actor="user:7", reason="asked_by_phone")) == "cancelled"


def test_a_rejection_tells_the_customer_why(desk):
    redemption = desk.redeem(desk.customer(points=100), desk.option(needs_approval=True))

    desk.reject(redemption, "not_eligible", words="This is for members of the club.")

    assert history_of(redemption)[-1] == ("rejected", f"user:{desk.sam.pk}", "not_eligible")
    assert redemption.notes.get().text == "This is for members of the club."


def test_the_same_request_again_is_the_same_redemption(desk):
    mug, alice = desk.option(stock_quantity=5, needs_approval=True), desk.customer(points=500)

    first, again = desk.redeem(alice, mug, key="tap"), desk.redeem(alice, mug, key="tap")

    assert first == again
    assert (sums(alice), stock_of(mug)) == ({"available": 400, "held": 100}, 4)
    with pytest.raises(KeyReused):
        desk.redeem(alice, mug, quantity=2, key="tap")


def test_a_discount_is_fulfilled_at_once_and_waits_as_a_grant_for_the_next_purchase(desk):
    voucher = desk.option("five-off", "purchase_discount", discount="fixed", value=500, valid_days=30)
    alice = desk.customer(points=100)

    redemption = desk.redeem(alice, voucher)

    assert (status_of(redemption), spent(alice)) == ("fulfilled", [-100])
    grant = Grant.objects.get(customer=alice)
    assert (grant.option, grant.state, grant.evaluation) == (voucher, "issued", None)
    assert (grant.expires_at - desk.now).days == 30
    assert [actor for _, actor, _ in history_of(redemption)] == ["customer", "system", "system"]


def test_a_code_is_shown_once_it_is_released_and_not_before(desk):
    card = desk.option("card", "gift_card", needs_coupon=True, needs_approval=True)
    import_coupons(option=card, codes=["GIFT-1", "GIFT-2"], now=desk.now)
    redemption = desk.redeem(desk.customer(points=100), card)

    assert codes_of(redemption) == []
    desk.approve(redemption)

    seen = find_redemption(merchant=desk.merchant, reference=redemption.uuid)
    assert (seen.status, codes_of(seen)) == ("fulfilled", ["GIFT-1"])
    assert not [event for event in Event.objects.all() if "GIFT" in str(event.payload)]


def test_a_code_that_was_put_aside_is_free_again_when_it_is_not_approved(desk):
    card = desk.option("card", "gift_card", needs_coupon=True, needs_approval=True)
    import_coupons(option=card, codes=["GIFT-1"], now=desk.now)
    alice, bob = desk.customer(points=100), desk.customer("bob", points=100)
    first = desk.redeem(alice, card)
    with pytest.raises(SoldOut):
        desk.redeem(bob, card)

    desk.reject(first)

    assert desk.approve(desk.redeem(bob, card)).status == "fulfilled"


@pytest.mark.parametrize(
    ("terms", "refused"),
    [
        ({"is_active": False}, NotOffered),
        ({"points_required": None}, NotOffered),
        ({"starts_at": "later"}, NotYetOffered),
        ({"ends_at": "now"}, NoLongerOffered),
        ({"stock_quantity": 0}, SoldOut),
        ({"points_required": 501}, InsufficientPoints),
        ({"shipping_required": True}, AddressNeeded),
    ],
)
def test_what_cannot_be_had_is_refused_and_nothing_has_happened(desk, terms, refused):
    times = {"later": desk.now + timedelta(microseconds=1), "now": desk.now}
    option = desk.option(**{name: times.get(value, value) for name, value in terms.items()})
    alice = desk.customer(points=500)

    with pytest.raises(refused), transaction.atomic():
        desk.redeem(alice, option)

    assert sums(alice) == {"available": 500}
    assert not Redemption.objects.exists()


def test_a_customer_has_no_more_than_the_limit(desk):
    mug, alice = desk.option(per_customer_max=1, stock_quantity=9), desk.customer(points=500)
    desk.redeem(alice, mug)

    with pytest.raises(CustomerLimitReached), transaction.atomic():
        desk.redeem(alice, mug)

    assert (stock_of(mug), sums(alice)) == (8, {"available": 400})


def test_the_price_is_that_of_the_moment(desk):
    mug, alice = desk.option(needs_approval=True), desk.customer(points=500)
    redemption = desk.redeem(alice, mug)

    RewardOption.objects.filter(pk=mug.pk).update(points_required=400)
    desk.approve(redemption)

    assert spent(alice) == [-100]


def test_nobody_approves_or_rejects_their_own(desk):
    desk.sam = UserFactory()
    redemption = desk.redeem(desk.customer(points=100, user=desk.sam), desk.option(needs_approval=True))

    for decide in (desk.approve, desk.reject):
        with pytest.raises(OwnRedemption):
            decide(redemption)


def test_the_steps_are_told_with_their_times_and_those_to_come_without(desk):
    mug = desk.option(needs_approval=True, needs_technician=True)
    redemption = desk.redeem(desk.customer(points=100), mug)
    asked, desk.now = desk.now, desk.now + DAY

    desk.approve(redemption)

    seen = find_redemption(merchant=desk.merchant, reference=redemption.uuid)
    assert [(step.name, step.at) for step in steps_of(seen)] == [
        ("asked", asked), ("approved", desk.now), ("assigned", None), ("started", None), ("fulfilled", None)
    ]  # fmt: skip
