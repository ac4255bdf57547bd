"""Redeeming over the API, as requirement 004 words it; and the jobs of the repair system."""

from datetime import timedelta

import jsonschema
import pytest
from django.utils import timezone

from fulfillment.api import shapes
from fulfillment.models import Redemption
from fulfillment.services.dispatch import approve
from tests.api.caller import SERVICE_RECORDS, assert_problem, contents, service_record
from tests.factories.fulfillment import SlotFactory
from tests.factories.referrals import UserFactory
from tests.factories.rewards import RewardOptionFactory
from tests.fulfillment.conftest import assert_delivered_as_promised

pytestmark = pytest.mark.django_db
REDEEM = "/api/v1/rewards/redeem"
MINE = "/api/v1/rewards/redemptions/alice"


@pytest.fixture
def option(shop):
    """Make rewards of the shop at 100 points."""

    def make(code="cup", **terms):
        return RewardOptionFactory(reward_type__merchant=shop, code=code, points_required=100, **terms)

    return make


@pytest.fixture
def rich(till):
    """Alice has a thousand points; and whatever is redeemed, the books are right afterwards."""
    till.earn(1000)
    yield till
    assert_delivered_as_promised()


def redeem(till, code="cup", *, key=None, **more):
    return till.do(REDEEM, {"customerId": "alice", "rewardId": code, **more}, key=key)


def shaped(answer, shape, status=200):
    assert answer.status_code == status, answer.content
    jsonschema.Draft202012Validator(shape).validate(answer.json())
    assert answer.json().keys() <= shape["properties"].keys()
    return answer.json()


def test_a_reward_is_redeemed_and_followed_to_its_end(api, rich, option):
    option(needs_approval=True, stock_quantity=5, fulfilment_hours=48, reward_type__category="merchandise")
    asked = shaped(redeem(rich, quantity=2), shapes.REDEMPTION_LINE, 201)
    assert (asked["status"], asked["points_cost"], rich.balance()) == (
        "pending", 200, {"available": 800, "held": 200}
    )  # fmt: skip

    approve(redemption_id=Redemption.objects.get().pk, person=UserFactory(), now=timezone.now())

    seen = shaped(api.get(f"/api/v1/redemptions/{asked['id']}"), shapes.REDEMPTION)
    assert (seen["status"], [step["step"] for step in seen["steps"]]) == (
        "fulfilled", ["asked", "approved", "fulfilled"]
    )  # fmt: skip
    assert rich.balance() == {"available": 800}
    listed = shaped(api.get(MINE), shapes.REDEMPTIONS)
    assert [line["id"] for line in listed["redemptions"]] == [asked["id"]]


def test_the_same_call_again_is_one_redemption_and_a_cancelled_one_gives_back(api, rich, option):
    option(needs_approval=True)
    first, again = (redeem(rich, key="tap-1") for _ in range(2))
    assert first.content == again.content
    path = f"/api/v1/redemptions/{first.json()['id']}/cancel"

    assert [rich.do(path).json()["status"] for _ in range(2)] == ["cancelled", "cancelled"]

    assert rich.balance() == {"available": 1000}


@pytest.mark.parametrize(
    ("code", "terms", "asked"),
    [
        ("not_offered", {"is_active": False}, {}),
        ("sold_out", {"stock_quantity": 1}, {"quantity": 2}),
        ("insufficient_points", {}, {"quantity": 11}),
        ("customer_limit_reached", {"per_customer_max": 1}, {"quantity": 2}),
        ("tier_too_low", {"min_tier": "gold"}, {}),
    ],
)
def test_105_each_refusal_has_a_code_and_changes_nothing(rich, option, code, terms, asked):
    option(**terms)
    before = contents()
    assert_problem(redeem(rich, **asked), 409, code)
    assert contents() == before


@pytest.mark.parametrize(
    "changed",
    [{"quantity": 0}, {"quantity": 1001}, {"quantity": "2"}, {"quantity": True}, {"rewardId": ""}, {"address": "\0"}],
)
def test_a_body_that_cannot_be_read_is_400(rich, option, changed):
    option()
    assert_problem(redeem(rich, **changed), 400)


def test_106_what_cannot_be_done_any_more_is_409(rich, option):
    option(), option("later", needs_approval=True)
    done, waiting = redeem(rich).json(), redeem(rich, "later").json()
    assert_problem(rich.do(f"/api/v1/redemptions/{done['id']}/cancel"), 409, "illegal_move")
    slot = {"slot": str(SlotFactory().uuid)}
    booked = rich.api.send("PUT", f"/api/v1/redemptions/{waiting['id']}/appointment", slot)
    assert_problem(booked, 409, "not_by_appointment")


def test_what_is_another_merchants_is_not_found(rich, option, new_merchant, new_caller):
    option(needs_approval=True)
    id_ = redeem(rich).json()["id"]
    stranger = new_caller(new_merchant("other-shop"))
    headers = {"Idempotency-Key": "x"}
    for method, path, body in [
        ("GET", f"/api/v1/redemptions/{id_}", b""),
        ("POST", f"/api/v1/redemptions/{id_}/cancel", {}),
        ("PUT", f"/api/v1/redemptions/{id_}/address", {"address": "1 Elm Street"}),
        ("PUT", f"/api/v1/redemptions/{id_}/appointment", {"slot": id_}),
        ("GET", MINE, b""),
        ("POST", REDEEM, {"customerId": "alice", "rewardId": "cup"}),
    ]:
        assert_problem(stranger.send(method, path, body, headers=headers), 404, "not_found")


def test_a_parcel_and_an_appointment_are_arranged(api, rich, option):
    parcel, tasting = option("parcel", shipping_required=True), option("tasting", by_appointment=True)
    assert_problem(redeem(rich, "parcel"), 400, "address_needed")
    sent = redeem(rich, "parcel", address="Alice\n1 Elm Street").json()
    moved = api.send("PUT", f"/api/v1/redemptions/{sent['id']}/address", {"address": "2 Oak Street"})
    assert shaped(moved, shapes.REDEMPTION)["shipment"]["sent_at"] is None
    assert Redemption.objects.get(option=parcel).shipment.address == "2 Oak Street"

    slot = SlotFactory(option=tasting, starts_at=timezone.now() + timedelta(days=1))
    path = f"/api/v1/redemptions/{redeem(rich, 'tasting').json()['id']}/appointment"
    assert (
        shaped(api.send("PUT", path, {"slot": str(slot.uuid)}), shapes.REDEMPTION)["appointment"]["state"] == "booked"
    )
    assert_problem(api.send("PUT", path, {"slot": "no-uuid"}), 404)


def test_pages_lead_on(api, rich, option):
    option(needs_approval=True)
    ids = [redeem(rich).json()["id"] for _ in range(3)]
    first = api.get(f"{MINE}?page_size=2").json()
    second = api.get(f"{MINE}?page_size=2&cursor={first['next']}").json()
    assert [line["id"] for page in (first, second) for line in page["redemptions"]] == ids[::-1]
    assert second["next"] is None
    assert_problem(api.get(f"{MINE.replace('alice', 'bob')}?cursor={first['next']}"), 400)


def test_the_repair_system_tells_asks_for_the_price_and_settles(api, rich):
    told = shaped(api.post(SERVICE_RECORDS, service_record()), shapes.SERVICE_RECORD, 201)
    assert shaped(api.post(SERVICE_RECORDS, service_record(amount=15_000)), shapes.SERVICE_RECORD)["amount"] == 15_000
    path = f"{SERVICE_RECORDS}/{told['reference']}"
    priced = shaped(api.get(f"{path}/price"), shapes.QUOTE)
    assert (priced["price"], priced["rewards_available"]) == (15_000, [])

    for _ in range(2):
        done = shaped(api.post(f"{path}/complete", {}), shapes.SERVICE_RECORD)

    assert (done["state"], done["final_amount"]) == ("completed", 15_000)
    assert_problem(api.post(f"{path}/cancel", {}), 409, "service_record_ended")
    assert_problem(api.post(SERVICE_RECORDS, service_record(amount=1)), 409, "service_record_ended")


def test_a_job_of_another_currency_customer_or_merchant_is_refused(api, rich, new_merchant, new_caller):
    assert_problem(api.post(SERVICE_RECORDS, service_record(currency="EUR")), 400)
    assert_problem(api.post(SERVICE_RECORDS, service_record(customer="nobody")), 404)
    api.post(SERVICE_RECORDS, service_record())
    assert_problem(api.post(SERVICE_RECORDS, service_record(customer="bob")), 409, "service_record_conflict")
    stranger = new_caller(new_merchant("other-shop"))
    for path in ("", "/price"):
        assert_problem(stranger.get(f"{SERVICE_RECORDS}/repair-1{path}"), 404)
    for act in ("complete", "cancel"):
        assert_problem(stranger.post(f"{SERVICE_RECORDS}/repair-1/{act}", {}), 404)
