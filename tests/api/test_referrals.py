"""How far referrals have come, and for which merchant a key acts."""

import jsonschema
import pytest

from referrals.api.merchants import VALIDATION
from referrals.api.referrals import REFERRAL
from referrals.models import Referral
from tests.api.caller import CUSTOMERS, assert_problem, contents, evaluate_all
from tests.factories.referrals import ReferralFactory

pytestmark = pytest.mark.django_db
REFERRALS = "/api/v1/referrals"


@pytest.fixture
def referral(api, code_of):
    """Bob registered with alice's code."""
    api.post(CUSTOMERS, {"id": "bob", "referral_code": code_of("alice")})
    evaluate_all()
    return Referral.objects.get()


def test_it_is_said_how_far_a_referral_has_come(api, referral):
    before = contents()
    answer = api.get(f"{REFERRALS}/{referral.uuid}")
    assert answer.json() == {"id": str(referral.uuid), "status": "joined"}
    jsonschema.validate(answer.json(), REFERRAL)
    assert contents() == before


def test_a_purchase_is_seen_in_the_next_answer(api, referral):
    api.get(f"{REFERRALS}/{referral.uuid}")
    api.buy(customer={"id": "bob"})
    evaluate_all()
    assert api.get(f"{REFERRALS}/{referral.uuid}").json()["status"] == "rewarded"
    api.post("/api/v1/purchases/order-1/refunds", {"refund_id": "refund-1"})
    evaluate_all()
    assert api.get(f"{REFERRALS}/{referral.uuid}").json()["status"] == "reversed"


def test_a_referral_that_is_not_the_merchants_looks_absent(api, referral):
    for reference in (ReferralFactory().uuid, "01990000-0000-7000-8000-000000000000", "any", "0"):
        assert_problem(api.get(f"{REFERRALS}/{reference}"), 404, "not_found")


def test_a_key_is_valid_for_its_own_merchant_and_for_no_other(api, shop, new_merchant):
    other = new_merchant("other-shop")
    for reference in (shop.slug, shop.uuid, other.slug, other.uuid, 0):
        answer = api.get(f"/api/v1/merchants/{reference}/validation").json()
        assert answer == {"valid": reference in {shop.slug, shop.uuid}}
        jsonschema.validate(answer, VALIDATION)
