"""Campaigns, segments and badges through the API, under the names of requirement 004."""

import pytest

from rewards.api import shapes
from rewards.services.segments import recompute_segments
from tests.api.caller import CUSTOMERS, PARTICIPATE, assert_problem, evaluate_all
from tests.api.test_schema import assert_have_the_shapes
from tests.factories.credits import WalletFactory
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory
from tests.factories.rewards import BadgeAwardFactory, CampaignFactory, SegmentFactory, SegmentMemberFactory

pytestmark = pytest.mark.django_db
ALICE_IN = "/api/v1/campaigns/{}/progress/alice"


@pytest.fixture
def campaigns(shop, populated):
    """Beside the one that has to be joined: a challenge that is half done, one for others, one that is over."""
    goal = {"measure": "spend", "target": 30_00}
    SegmentFactory(merchant=shop, code="vip")
    for code, definition in {
        "challenge": {"type": "tier_challenge", "goal": goal},
        "vips": {"type": "bonus", "segments": ["vip"]},
        "past": {"type": "bonus", "to": "2020-01-01"},
    }.items():
        CampaignFactory(merchant=shop, code=code, definition=definition)


def test_what_runs_is_listed_and_what_is_for_whom(api, campaigns):
    active = api.get("/api/v1/campaigns/active")
    assert [each["id"] for each in active.json()["campaigns"]] == ["always", "challenge", "vips"]
    eligible = api.get("/api/v1/campaigns/customer/alice/eligible")
    told = {each["id"]: each["participating"] for each in eligible.json()["campaigns"]}
    assert told == {"always": False, "challenge": True}
    assert [(each["id"], each["code"]) for each in eligible.json()["others"]] == [("vips", "not_eligible")]
    assert_have_the_shapes([(active, shapes.CAMPAIGNS), (eligible, shapes.CAMPAIGNS_OF_CUSTOMER)])


def test_a_customer_joins_once_and_only_what_runs_and_is_for_them(api, campaigns):
    def joins(campaign):
        return api.post(PARTICIPATE, {"customerId": "alice", "campaignId": campaign})

    first, again = joins("always"), joins("always")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert_have_the_shapes([(first, shapes.PARTICIPATION)])
    assert_problem(joins("past"), 409, "campaign_not_running")
    assert_problem(joins("vips"), 409, "not_eligible")
    assert_problem(joins("nothing"), 404, "not_found")


def test_progress_is_what_was_done_in_major_units(api, campaigns):
    evaluate_all()
    answer = api.get(ALICE_IN.format("challenge"))
    goal = {"measure": "spend", "target": 30.0, "reached": 25.99, "missing": 4.01, "percent": 86}
    assert answer.json()["goal"] == goal
    assert_have_the_shapes([(answer, shapes.CAMPAIGN_PROGRESS)])
    waiting = api.get(ALICE_IN.format("always")).json()
    assert (waiting["participating"], waiting["refusal"]["code"], waiting["goal"]) == (False, "not_joined", None)
    assert api.get(ALICE_IN.format("past")).json()["refusal"]["code"] == "campaign_not_running"


def test_a_list_is_who_is_in_a_segment_and_a_condition_is_worked_out(api, shop, populated):
    for name in ("bob", "carol", "dave"):
        api.post(CUSTOMERS, {"id": name})
    path = "/api/v1/segments/listed/customers"
    listed = api.send("PUT", path, {"customers": ["alice", "carol", "alice", "nobody"]})
    assert listed.json() == {"segment": "listed", "customers": 2, "unknown": ["nobody"]}
    api.send("PUT", path, {"customers": ["bob", "carol"]})
    SegmentFactory(merchant=shop, code="new", condition="customer.purchases == 0 && customer.rfm != 'loyal'")
    recompute_segments(merchant_id=shop.pk, now=NOON)
    page = api.get(f"{path}?page_size=1")
    rest = api.get(f"{path}?page_size=1&cursor={page.json()['next']}")
    assert [each["id"] for each in page.json()["customers"] + rest.json()["customers"]] == ["bob", "carol"]
    assert rest.json()["next"] is None
    theirs, all_ = api.get(f"{CUSTOMERS}/bob/segments"), api.get("/api/v1/segments")
    assert theirs.json()["segments"] == ["listed", "new"]
    assert {each["id"]: each["customers"] for each in all_.json()["segments"]}["listed"] == 2
    assert_problem(api.send("PUT", "/api/v1/segments/new/customers", {"customers": []}), 409, "segment_has_condition")
    assert_have_the_shapes(
        [
            (listed, shapes.SEGMENT_LISTED),
            (page, shapes.SEGMENT_MEMBERS),
            (theirs, shapes.SEGMENTS_OF_CUSTOMER),
            (all_, shapes.SEGMENTS),
        ]
    )


def test_badges_are_shown_until_they_are_taken_back(api, populated):
    alice = populated.customer
    award = BadgeAwardFactory(evaluation__purchase__customer=alice, evaluation__purchase__order_id="another")
    shown = api.get(f"{CUSTOMERS}/alice/badges")
    assert [each["id"] for each in shown.json()["badges"]] == [award.badge.code]
    assert_have_the_shapes([(shown, shapes.BADGES)])
    award.revoked_at = NOON
    award.save()
    assert api.get(f"{CUSTOMERS}/alice/badges").json()["badges"] == []


def test_what_belongs_to_another_merchant_is_not_found(api, populated):
    theirs = MerchantFactory()
    WalletFactory(merchant=theirs)
    campaign = CampaignFactory(merchant=theirs, code="theirs")
    member = SegmentMemberFactory(customer=CustomerFactory(merchant=theirs, external_id="eve"), segment__code="theirs")
    for path in (
        ALICE_IN.format("theirs"),
        ALICE_IN.format(campaign.uuid),
        f"/api/v1/segments/{member.segment.code}/customers",
        f"{CUSTOMERS}/eve/segments",
        f"{CUSTOMERS}/eve/badges",
        "/api/v1/campaigns/customer/eve/eligible",
    ):
        assert_problem(api.get(path), 404, "not_found")
    assert "theirs" not in [each["id"] for each in api.get("/api/v1/campaigns/active").json()["campaigns"]]
