"""That a campaign begins is told to those whom it is for, once each round."""

from datetime import timedelta

from referrals.models import Event
from rewards.services.announcements import announce_campaigns
from rewards.services.merging import merge_customers
from tests.factories.rewards import CampaignFactory
from tests.rewards.shop import policy


def told(shop):
    events = Event.objects.filter(type="campaign.started").order_by("id")
    accounts = {shop.account(name).pk: name for name in ("alice", "bob")}
    return [(accounts[event.subject_id], event.payload["round"]) for event in events]


def test_a_merchant_without_points_keeps_nobody_from_being_told_and_who_are_one_are_told_once(open_shop):
    CampaignFactory(definition={"type": "bonus"})
    shop = open_shop(policy())
    shop.bought("alice")
    shop.bought("bob")
    people = {"survivor": shop.customer("alice"), "merged": shop.customer("bob")}
    merge_customers(**people, now=shop.now, reason="same_person", actor="command")
    CampaignFactory(merchant=shop.merchant, definition={"type": "bonus"})
    announce_campaigns(now=shop.now)
    assert Event.objects.get(type="campaign.started").subject_id == shop.account("alice").pk


def test_those_whom_it_is_for_are_told_once_when_a_round_begins(open_shop):
    shop = open_shop(policy())
    shop.bought("alice", 100)
    shop.bought("bob", 10)
    definition = {"type": "bonus", "from": "2026-11-21", "to": "2026-11-22", "repeat": "weekly", "tiers": ["silver"]}
    CampaignFactory(merchant=shop.merchant, definition=definition)
    announce_campaigns(now=shop.now)
    assert told(shop) == []
    for days in (1, 1, 4, 8):
        while announce_campaigns(now=shop.now + timedelta(days=days)):
            pass
    assert told(shop) == [("alice", "2026-11-21T00:00"), ("alice", "2026-11-28T00:00")]
