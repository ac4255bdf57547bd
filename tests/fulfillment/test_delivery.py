"""Parcels, appointments, and rewards that a policy granted: from promise to delivery."""

from datetime import timedelta
from functools import partial

import pytest

from fulfillment.models import Appointment, Redemption
from fulfillment.selectors.redemptions import codes_of
from fulfillment.services.appointments import SlotOver, miss_appointment, remind_next
from fulfillment.services.fulfilment import NotSentYet
from fulfillment.services.granted import call_off_revoked, open_for_grants
from fulfillment.services.places import SlotFull
from fulfillment.services.refusals import AddressNeeded, IllegalMove, NotYourJob
from fulfillment.services.shipping import deliver, set_address
from fulfillment.tasks import deliver_pending
from rewards.models import Coupon, CouponPool, Grant
from rewards.services.coupons import import_coupons
from rewards.services.grants import GrantNotUsable
from tests.concurrency.together import at_once
from tests.fulfillment.desk import spent, status_of, stock_of, sums, told_of
from tests.rewards.checkout import Checkout, item

HOUR = timedelta(hours=1)
ADDRESS = "Alice\n1 Elm Street\nSpringfield"


def test_a_parcel_is_sent_which_spends_the_points_and_then_delivered(desk):
    alice, mug = desk.customer(points=100), desk.option(shipping_required=True)
    redemption = desk.redeem(alice, mug, address=ADDRESS)
    with pytest.raises(NotSentYet):
        desk.fulfil(redemption)
    assert (status_of(redemption), sums(alice)) == ("approved", {"held": 100})

    set_address(redemption_id=redemption.pk, address="2 Oak Street", now=desk.now)
    for _ in range(2):
        shipment = desk.sends(redemption)
    desk.now += 24 * HOUR
    for _ in range(2):
        deliver(redemption_id=redemption.pk, now=desk.now)

    assert (shipment.address, shipment.carrier) == ("2 Oak Street", "Post")
    assert (status_of(redemption), spent(alice)) == ("fulfilled", [-100])
    assert told_of(redemption)[-2:] == ["redemption.fulfilled", "redemption.delivered"]
    with pytest.raises(IllegalMove):
        set_address(redemption_id=redemption.pk, address="3 Ash Street", now=desk.now)


def test_a_parcel_that_a_technician_looks_after_is_sent_once_one_has_it_and_that_ends_the_job(desk):
    part = desk.option("part", needs_technician=True, shipping_required=True)
    redemption = desk.redeem(desk.customer(points=500), part, address="1 Elm Street\nSpringfield")
    with pytest.raises(NotYourJob):
        desk.sends(redemption)
    tina = desk.technician()
    desk.dispatch()
    job = desk.job(redemption)
    with pytest.raises(NotSentYet):
        desk.completes(tina, job)

    desk.sends(redemption)

    job.refresh_from_db()
    assert (status_of(redemption), job.state) == ("fulfilled", "done")


def test_what_is_not_approved_is_not_sent_and_what_was_not_sent_is_not_delivered(desk):
    mug = desk.option(shipping_required=True, needs_approval=True)
    redemption = desk.redeem(desk.customer(points=100), mug, address=ADDRESS)

    with pytest.raises(IllegalMove):
        desk.sends(redemption)
    with pytest.raises(IllegalMove):
        deliver(redemption_id=redemption.pk, now=desk.now)


@pytest.fixture
def experience(desk):
    return desk.option("tasting", "experience", by_appointment=True)


def test_a_slot_is_booked_moved_and_kept(desk, experience):
    alice = desk.customer(points=300)
    redemption = desk.redeem(alice, experience, quantity=2)
    early, late = desk.slot(experience, places=2), desk.slot(experience, places=5)

    desk.books(redemption, early)
    for _ in range(2):
        desk.books(redemption, late)
    desk.fulfil(redemption)

    early.refresh_from_db()
    late.refresh_from_db()
    assert (early.taken, late.taken) == (0, 2)
    assert list(Appointment.objects.order_by("pk").values_list("state", flat=True)) == ["cancelled", "kept"]
    assert (status_of(redemption), spent(alice)) == ("fulfilled", [-200])


def test_a_slot_is_never_overbooked_and_one_that_began_is_over(desk, experience):
    first, second = (desk.redeem(desk.customer(name, points=100), experience) for name in ("a", "b"))
    slot = desk.slot(experience)
    desk.books(first, slot)
    with pytest.raises(SlotFull):
        desk.books(second, slot)

    desk.cancel(first, actor="user:1")
    desk.books(second, slot)

    desk.now = slot.starts_at
    with pytest.raises(SlotOver):
        desk.books(desk.redeem(desk.customer("c", points=100), experience), slot)


def test_whoever_is_near_is_reminded_once_and_whoever_did_not_come_may_book_again(desk, experience):
    redemption = desk.redeem(desk.customer(points=100), experience)
    slot = desk.slot(experience, starts_at=desk.now + 30 * HOUR)
    desk.books(redemption, slot)
    assert not remind_next(now=desk.now)

    desk.now += 6 * HOUR
    assert [remind_next(now=desk.now) for _ in range(2)] == [True, False]
    with pytest.raises(IllegalMove):
        miss_appointment(redemption_id=redemption.pk, now=desk.now)
    desk.now = slot.ends_at
    miss_appointment(redemption_id=redemption.pk, now=desk.now)
    desk.books(redemption, desk.slot(experience, starts_at=desk.now + HOUR))

    assert told_of(redemption)[2:] == [
        "appointment.booked", "appointment.due", "appointment.missed", "appointment.booked"
    ]  # fmt: skip


def test_a_granted_service_becomes_a_redemption_without_points_once(desk):
    service = desk.option("polish", "free_service", needs_technician=True, stock_quantity=3)
    grant, tina = desk.grant(desk.customer(), service), desk.technician()

    for _ in range(2):
        open_for_grants(now=desk.now)

    redemption = Redemption.objects.get(grant=grant)
    assert (redemption.points, redemption.hold, stock_of(service)) == (0, None, 2)
    assert Grant.objects.get().state == "reserved"
    desk.dispatch()
    desk.completes(tina, desk.job(redemption))
    assert (status_of(redemption), Grant.objects.get().state, spent(desk.customer())) == ("fulfilled", "used", [])


def test_a_granted_parcel_waits_for_its_address(desk):
    desk.grant(desk.customer(), desk.option(shipping_required=True))
    open_for_grants(now=desk.now)
    redemption = Redemption.objects.get()
    with pytest.raises(AddressNeeded):
        desk.sends(redemption)

    set_address(redemption_id=redemption.pk, address=ADDRESS, now=desk.now)
    desk.sends(redemption)

    assert status_of(redemption) == "fulfilled"


def test_granted_codes_are_handed_out_by_themselves_and_wait_for_more_when_there_are_none(desk):
    card = desk.option("card", "gift_card", needs_coupon=True)
    import_coupons(option=card, codes=["GIFT-1"], now=desk.now)
    first, second = (desk.grant(desk.customer(name), card) for name in ("alice", "bob"))

    for _ in range(2):
        open_for_grants(now=desk.now)
    assert [codes_of(redemption) for redemption in Redemption.objects.all()] == [["GIFT-1"]]
    assert [Grant.objects.get(pk=grant.pk).state for grant in (first, second)] == ["used", "issued"]

    import_coupons(option=card, codes=["GIFT-2"], now=desk.now)
    open_for_grants(now=desk.now)
    assert codes_of(Redemption.objects.get(grant=second)) == ["GIFT-2"]
    assert CouponPool.objects.get().free == 0


@pytest.mark.django_db(transaction=True)
def test_of_ten_granted_codes_nine_are_handed_out_when_there_are_nine(desk):
    card = desk.option("card", "gift_card", needs_coupon=True)
    import_coupons(option=card, codes=[f"GIFT-{n}" for n in range(9)], now=desk.now)
    for number in range(10):
        desk.grant(desk.customer(f"customer-{number}"), card)

    at_once(*[partial(open_for_grants, now=desk.now)] * 4)

    assert Coupon.objects.filter(state="handed_out").values("key").distinct().count() == 9
    assert (Redemption.objects.filter(status="fulfilled").count(), CouponPool.objects.get().free) == (9, 0)
    assert Grant.objects.filter(state="issued").count() == 1


def test_what_is_used_at_a_checkout_stays_a_grant_and_what_is_sold_out_holds_up_nothing(desk):
    alice = desk.customer()
    desk.grant(alice, desk.option("meal", "free_product"))
    desk.grant(alice, desk.option("rare", needs_technician=True, stock_quantity=0))
    polish = desk.grant(alice, desk.option("polish", "free_service", needs_technician=True))

    open_for_grants(now=desk.now)

    assert [redemption.grant for redemption in Redemption.objects.all()] == [polish]


def test_what_somebody_has_to_deliver_is_not_for_a_checkout(desk):
    sofa = desk.option("sofa", "free_product", discount="free", shipping_required=True)
    given_by = {"trigger": "purchase.completed", "beneficiary": "buyer", "give": {"grant": {"option": "sofa"}}}
    grant = desk.grant(desk.customer(), sofa, policy_version__definition=given_by)
    checkout = Checkout(desk)

    assert checkout.quote("alice", item(10_00))["grants"] == {}
    with pytest.raises(GrantNotUsable):
        checkout.quote("alice", item(10_00), grants=[str(grant.uuid)])


def test_a_grant_that_was_taken_back_is_called_off_unless_somebody_is_at_it(desk):
    service = desk.option("polish", "free_service", needs_technician=True)
    grant = desk.grant(desk.customer(), service)
    open_for_grants(now=desk.now)
    Grant.objects.filter(pk=grant.pk).update(revoked_at=desk.now)

    assert [call_off_revoked(now=desk.now) for _ in range(2)] == [1, 0]
    assert (Redemption.objects.get().status, Grant.objects.get().state) == ("cancelled", "revoked")


def test_the_sweep_does_it_all(desk):
    desk.grant(desk.customer(), desk.option("polish", "free_service", needs_technician=True))
    desk.technician()

    deliver_pending()

    redemption = Redemption.objects.get()
    assert told_of(redemption) == ["redemption.pending", "redemption.approved", "redemption.assigned"]
