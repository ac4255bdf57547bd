"""Whoever was merged into another customer has left to them what they redeemed, and what was told and done."""

import pytest

from fulfillment.selectors.inbox import inbox_page, unread_count
from fulfillment.selectors.person import everything_about
from fulfillment.selectors.redemptions import find_own_redemption, redemptions_of
from fulfillment.services.notifications.inbox import mark_read
from fulfillment.services.refusals import OwnRedemption
from fulfillment.services.service_records import Told, record_service
from rewards.services.merging import merge_customers
from tests.factories.fulfillment import NotificationFactory
from tests.factories.referrals import NOON, UserFactory
from tests.fulfillment.desk import status_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice(desk):
    return desk.customer("alice")


@pytest.fixture
def merged(desk, alice):
    """Somebody redeems a mug, has something repaired, is told of it, and turns out to be Alice."""
    other = desk.customer("alice-before", points=100)
    redemption = desk.redeem(other, desk.option(needs_approval=True))
    desk.repair(other)
    NotificationFactory(customer=other)
    merge_customers(survivor=alice, merged=other, now=NOON, reason="same_person", actor="command")
    return redemption


def test_what_they_redeemed_and_were_told_is_seen_and_exported(alice, merged):
    assert redemptions_of(customer=alice, before=None, limit=9) == [merged]
    assert find_own_redemption(customer=alice, reference=str(merged.uuid)) == merged
    known = everything_about(customer=alice, now=NOON)
    assert [each["id"] for each in known["redemptions"]] == [merged.uuid]
    assert [each["reference"] for each in known["service_records"]] == ["repair-1"]
    assert len(inbox_page(customer=alice, before=None, size=9)[0]) == unread_count(customer=alice) == 1
    assert mark_read(customer=alice, uuids=None, now=NOON) == 1


def test_nobody_approves_or_delivers_what_is_their_own_by_then(desk, alice, merged):
    alice.user = UserFactory()
    alice.save()
    with pytest.raises(OwnRedemption):
        desk.approve(merged, alice.user)
    desk.approve(merged)
    assert status_of(merged) == "fulfilled"


def test_the_repair_system_goes_on_telling_of_their_repair(alice, merged):
    record, is_new = record_service(customer=alice, told=Told("repair-1", "repair", 150_00), now=NOON)
    assert (record.amount, is_new) == (150_00, False)
