"""The staff queue: approve, reject, assign, send, in bulk, each by a service; and the history says who did it."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from fulfillment.models import Redemption
from referrals.services.staff import Role
from tests.fulfillment.desk import Desk, status_of

pytestmark = pytest.mark.django_db
MAY_ACT = (Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR)
QUEUE = "admin:fulfillment_redemption_changelist"


@pytest.fixture
def desk(own):
    """The desk of our merchant."""
    return Desk(now=timezone.now(), merchant=own)


@pytest.fixture
def waiting(desk):
    """Two redemptions that wait for approval."""
    mug, alice = desk.option(needs_approval=True), desk.customer(points=500)
    return [desk.redeem(alice, mug) for _ in range(2)]


def act(browser, action, *rows, **said):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows], **said}
    return browser.post(reverse(QUEUE), chosen, follow=True)


@pytest.mark.parametrize("role", list(Role))
def test_only_some_roles_act(client, as_role, waiting, role):
    person = as_role(role)

    act(client, "approve", *waiting)

    expected = "fulfilled" if role in MAY_ACT else "pending"
    assert [status_of(row) for row in waiting] == [expected] * 2
    if role in MAY_ACT:
        told = LogEntry.objects.filter(user=person).values_list("object_id", "change_message")
        assert sorted(told) == sorted((str(row.pk), "Approved.") for row in waiting)


def test_a_rejection_needs_a_reason(staff, waiting):
    answer = act(staff, "reject", waiting[0])
    assert "Say which: reason." in answer.text

    act(staff, "reject", waiting[0], reason="not_eligible", words="For members only.")

    assert [status_of(row) for row in waiting] == ["rejected", "pending"]
    assert waiting[0].notes.get().text == "For members only."


def test_one_that_is_refused_stops_no_other(staff, desk, waiting):
    desk.reject(waiting[0])

    answer = act(staff, "approve", *waiting)

    assert [status_of(row) for row in waiting] == ["rejected", "fulfilled"]
    assert "Rejected → Approved" in answer.text
    assert "Approved: 1." in answer.text


def test_what_is_another_merchants_is_not_acted_on(staff, foreign):
    theirs = Desk(now=timezone.now(), merchant=foreign)
    redemption = theirs.redeem(theirs.customer(points=100), theirs.option(needs_approval=True))

    act(staff, "approve", redemption)

    assert status_of(redemption) == "pending"


def test_a_job_is_given_by_hand_and_fulfilled_for_a_repair(staff, desk):
    option = desk.option("half-off", "repair_discount", discount="percentage", value=50, needs_technician=True)
    alice, tina = desk.customer(points=100), desk.technician()
    redemption, record = desk.redeem(alice, option), desk.repair(alice)
    assert "There is no such technician" in act(staff, "assign", redemption, technician="nobody@example.com").text

    act(staff, "assign", redemption, technician=tina.user.email)
    assert desk.job(redemption).technician == tina
    act(staff, "fulfil", redemption, repair=record.reference, price_after="10000")

    assert status_of(redemption) == "fulfilled"
    assert desk.settles(record.reference) == 100_00


def test_parcels_are_listed_sent_and_delivered(staff, desk):
    redemption = desk.redeem(
        desk.customer(points=100), desk.option(shipping_required=True), address="=1+1\n1 Elm Street"
    )

    listed = act(staff, "packing_list", redemption)
    act(staff, "send", redemption, carrier="Post", tracking="RR1")
    act(staff, "deliver", redemption)

    assert "'=1+1" in listed.text
    assert Redemption.objects.get().shipment.delivered_at is not None


@pytest.mark.parametrize(("to_do", "count"), [("overdue", 1), ("approve", 2), ("assign", 1), ("send", 1), ("x", 4)])
def test_the_queue_shows_what_there_is_to_do(staff, desk, waiting, to_do, count):
    alice = desk.customer(points=500)
    desk.redeem(alice, desk.option("polish", "free_service", needs_technician=True))
    parcel = desk.redeem(alice, desk.option("parcel", shipping_required=True, fulfilment_hours=1), address="Elm Street")
    Redemption.objects.filter(pk=parcel.pk).update(due_at=timezone.now() - timedelta(hours=1))

    answer = staff.get(reverse(QUEUE), {"to_do": to_do})

    assert answer.context["cl"].result_count == count
