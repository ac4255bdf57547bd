"""The catalog as requirement 004 names it, what of it one customer can have, and prices for a pricing service."""

from datetime import timedelta

import jsonschema
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from referrals.models import Customer, CustomerAlias, Merchant
from rewards.api import shapes
from rewards.models import PolicyVersion, RewardOption, VersionStatus
from rewards.services.programmes.applying import apply_programme
from rewards.services.programmes.shipped import shipped_programme
from rewards.services.stock import take_stock
from tests.factories.referrals import NOON
from tests.factories.rewards import PolicyVersionFactory

pytestmark = pytest.mark.django_db
CATALOG = "/api/v1/rewards/catalog"
AVAILABLE = "/api/v1/rewards/customer/alice/available"


@pytest.fixture
def acme(new_caller):
    """The shop of requirement 004; Alice is known to it."""
    apply_programme(programme=shipped_programme("acme-shop"), now=timezone.now())
    merchant = Merchant.objects.get(slug="acme-shop")
    api = new_caller(merchant)
    api.post("/api/v1/customers", {"id": "alice"})
    return api


def has(api, points):
    headers = {"Idempotency-Key": f"has-{points}"}
    api.post("/api/v1/loyalty/points/earn", {"customerId": "alice", "points": points}, headers=headers)


def read(answer, shape):
    jsonschema.Draft202012Validator(shape).validate(answer.json())
    return answer.json()


def test_the_catalog_is_that_of_the_document(acme):
    groups = read(acme.get(CATALOG), shapes.REWARD_CATALOG)["reward_catalog"]

    assert {group: sorted(item["id"] for item in items) for group, items in groups.items()} == {
        "discounts": ["REWARD-001", "REWARD-002"],
        "products": ["REWARD-101"],
        "services": [],
        "experiences": ["REWARD-201"],
    }
    five_off = next(item for item in groups["discounts"] if item["id"] == "REWARD-001")
    told = {
        name: five_off[name] for name in ("name", "type", "value", "points_cost", "minimum_order", "expiration_days")
    }
    assert told == {
        "name": "$5 Off Next Purchase", "type": "discount", "value": 5.00, "points_cost": 500, "minimum_order": 25.00,
        "expiration_days": 30,
    }  # fmt: skip
    (mug,), (experience,) = groups["products"], groups["experiences"]
    assert (mug["type"], mug["stock_quantity"], mug["shipping_required"]) == ("product", 500, True)
    assert (experience["type"], experience["availability"]) == ("experience", "by_appointment")
    chosen = acme.get(f"{CATALOG}?category=shipping").json()["reward_catalog"]
    assert [item["id"] for items in chosen.values() for item in items] == ["REWARD-002"]
    assert acme.get(f"{CATALOG}?category=moon").status_code == 400


def test_the_catalog_is_shown_from_the_cache_until_something_changes(acme, django_capture_on_commit_callbacks):
    acme.get(CATALOG)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        acme.get(CATALOG)
    assert not [each for each in queries if "rewardoption" in each["sql"]]

    mug = RewardOption.objects.select_related("merchant", "partner").get(code="REWARD-101")
    alice = Customer.objects.get(external_id="alice")
    with django_capture_on_commit_callbacks(execute=True):
        take_stock(option=mug, customer_id=alice.pk, quantity=2, key="cart:1", now=NOON)
    assert acme.get(CATALOG).json()["reward_catalog"]["products"][0]["stock_quantity"] == 498


def test_what_a_customer_can_have_now_and_soon(acme):
    def offered(within=""):
        answer = read(acme.get(f"{AVAILABLE}{within}"), shapes.REWARDS_AVAILABLE)
        return {item["id"]: (item["available"], item["points_missing"]) for item in answer["rewards"]}

    has(acme, 500)
    assert offered() == {
        "REWARD-002": (True, 0), "REWARD-001": (True, 0), "REWARD-101": (False, 500), "REWARD-201": (False, 4500)
    }  # fmt: skip
    assert list(offered("?within=affordable")) == ["REWARD-002", "REWARD-001"]
    assert list(offered("?within=within_reach")) == ["REWARD-002", "REWARD-001", "REWARD-101"]
    assert list(offered("?category=experience")) == ["REWARD-201"]
    RewardOption.objects.filter(code="REWARD-001").update(min_tier="gold", stock_quantity=0)
    (first_off,) = [item for item in acme.get(AVAILABLE).json()["rewards"] if item["id"] == "REWARD-001"]
    assert first_off["why_not"] == ["tier_too_low", "sold_out"]
    assert acme.get(f"{AVAILABLE}?within=moon").status_code == 400


def test_a_pricing_service_is_told_tier_discounts_and_multipliers(acme):
    has(acme, 500)
    priced = read(acme.get("/api/v1/pricing/customers/alice?order_amount=10000"), shapes.PRICING)

    assert (priced["tier"], priced["free_shipping_threshold"], priced["stale"]) == ("bronze", 7500, False)
    assert priced["multipliers"]["categories"] == {"electronics": 2.0, "fashion": 1.5, "home": 1.25}
    assert priced["points"] == {"available": 500, "value": "1", "minimum": 500, "order_share_max": 50}
    assert priced["discount"] is None  # The bronze tier has no discount, and it is no birthday.
    assert acme.get("/api/v1/pricing/customers/nobody").status_code == 404


def test_what_is_to_come_multiplies_nothing_yet_and_old_ids_lead_on(acme):
    policy = PolicyVersion.objects.get(policy__code="points-for-purchases").policy
    now, later = timezone.now(), timezone.now() + timedelta(days=1)
    policy.versions.update(status=VersionStatus.RETIRED, retired_at=later)
    coming = {"trigger": "purchase.completed", "beneficiary": "buyer"}
    coming["give"] = {"points": {"per_currency_unit": 1, "categories": {"toys": 9}}}
    PolicyVersionFactory(policy=policy, number=9, definition=coming, published_at=now, effective_at=later)
    CustomerAlias.objects.create(
        merchant=policy.merchant, external_id="ally", customer=Customer.objects.get(external_id="alice"), created_at=now
    )

    priced = acme.get("/api/v1/pricing/customers/ally").json()

    assert priced["customer"] == "alice"
    assert priced["multipliers"]["categories"] == {"electronics": 2.0, "fashion": 1.5, "home": 1.25}


def test_a_tier_discount_is_told_in_the_words_of_the_document(new_caller):
    apply_programme(programme=shipped_programme("farmacy-food"), now=NOON)
    api = new_caller(Merchant.objects.get(slug="farmacy-food"))
    api.post("/api/v1/customers", {"id": "alice"})
    has(api, 5)
    api.send(
        "PUT",
        "/api/v1/loyalty/tier/update/alice",
        {"tier": "gold", "reason": "A gift"},
        headers={"Idempotency-Key": "x"},
    )

    priced = api.get("/api/v1/pricing/customers/alice?order_amount=1999").json()
    assert priced["discount"] == {"discount_amount": 199, "discount_type": "tier_benefit", "tier": "gold"}
