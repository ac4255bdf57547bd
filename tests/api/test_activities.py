"""Activities over the API: recorded once, explained afterwards, and refused when they cannot be."""

from datetime import timedelta

import pytest
from django.utils import timezone

from referrals.models import Activity, Customer
from tests.api.caller import ACTIVITIES, CUSTOMERS, activity, assert_problem, contents, evaluate_all
from tests.rewards.programmes import examples

pytestmark = pytest.mark.django_db

SHARE = {
    "code": "share",
    "name": "Share",
    "definition": {
        "trigger": "activity.recorded",
        "activity": "social_share",
        "beneficiary": "customer",
        "give": {"points": {"fixed": 10, "pending_days": 0}},
        "limits": {"per_customer": {"times": 1, "per": "day"}},
    },
}


@pytest.fixture
def sharing(shop):
    """The shop gives 10 points for sharing, once a day."""
    examples.apply(policies=[*examples.WRITTEN["policies"], SHARE])


def test_an_activity_is_recorded_evaluated_and_explained(api, sharing):
    first = api.post(ACTIVITIES, activity())
    second = api.post(ACTIVITIES, activity(activity_id="share-2"))
    assert first.status_code == 202
    assert first.json().keys() == {"id", "status", "status_url"}
    pending = api.get(first.json()["status_url"]).json()
    assert (pending["status"], pending["decision"]) == ("pending", None)
    evaluate_all()
    found = api.get(first.json()["status_url"]).json()
    assert (found["activity_id"], found["customer"], found["kind"]) == ("share-1", "bob", "social_share")
    (grant,) = found["decision"]["grants"]
    assert (grant["points"], grant["beneficiary"], grant["pending_days"]) == (10, "customer", 0)
    (refusal,) = api.get(second.json()["status_url"]).json()["decision"]["refusals"]
    assert (refusal["policy"], refusal["code"]) == ("share", "limit_reached")
    assert api.get(f"{CUSTOMERS}/bob/credits").json()["available"] == 10


def test_the_same_again_gets_the_same_body_and_changes_nothing(api):
    first = api.post(ACTIVITIES, activity())
    before = contents()
    again = api.post(ACTIVITIES, activity())
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json() == first.json()
    assert contents() == before


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "product_review"},
        {"reference": "x"},
        {"occurred_at": "2026-06-01T12:00:01Z"},
        {"customer": {"id": "eve"}},
    ],
)
def test_other_content_under_a_known_id_is_a_conflict(api, change):
    api.post(ACTIVITIES, activity())
    before = contents()
    assert_problem(api.post(ACTIVITIES, activity(**change)), 409, "activity_conflict")
    assert contents() == before


def test_a_list_gets_an_outcome_for_each(api):
    sent = [activity(), activity(kind="X"), activity(), activity(kind="product_review"), activity(activity_id="s-2")]
    results = api.post(ACTIVITIES, sent).json()["results"]
    assert [result["http_status"] for result in results] == [202, 400, 200, 409, 202]
    assert Activity.objects.count() == 2


def test_a_list_is_of_1_to_1000(api):
    assert_problem(api.post(ACTIVITIES, []), 400, "invalid")
    assert_problem(api.post(ACTIVITIES, [activity()] * 1_001), 400, "invalid")


WRONG = {
    "kind-capital": ({"kind": "Share"}, "/kind"),
    "kind-space": ({"kind": "social share"}, "/kind"),
    "kind-newline": ({"kind": "share\n"}, "/kind"),
    "kind-empty": ({"kind": ""}, "/kind"),
    "kind-long": ({"kind": "x" * 41}, "/kind"),
    "kind-number": ({"kind": 7}, "/kind"),
    "kind-reserved": ({"kind": "birthday"}, "/kind"),
    "kind-reserved-too": ({"kind": "account_creation"}, "/kind"),
    "id-empty": ({"activity_id": ""}, "/activity_id"),
    "id-long": ({"activity_id": "x" * 101}, "/activity_id"),
    "customer-empty": ({"customer": {"id": ""}}, "/customer/id"),
    "reference-long": ({"reference": "x" * 101}, "/reference"),
    "moment-1989": ({"occurred_at": "1989-12-31T23:59:59Z"}, "/occurred_at"),
    "moment-naive": ({"occurred_at": "2026-06-01T12:00:00"}, "/occurred_at"),
}


@pytest.mark.parametrize(("change", "pointer"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_an_activity_is_refused(api, change, pointer):
    before = contents()
    problem = assert_problem(api.post(ACTIVITIES, activity(**change)), 400, "invalid")
    assert problem["errors"][0]["pointer"] == pointer
    assert contents() == before


def test_what_is_to_come_has_not_been_done(api):
    for hours, status in ((23, 202), (25, 400)):
        at = (timezone.now() + timedelta(hours=hours)).isoformat()
        assert api.post(ACTIVITIES, activity(occurred_at=at)).status_code == status


def test_an_activity_of_another_merchant_is_not_found(api, new_merchant, new_caller):
    status_url = api.post(ACTIVITIES, activity()).json()["status_url"]
    assert_problem(new_caller(new_merchant("elsewhere")).get(status_url), 404, "not_found")
    assert_problem(api.get(f"{ACTIVITIES}/nothing"), 404, "not_found")


def test_two_merchants_activities_are_independent(api, new_merchant, new_caller):
    elsewhere = new_caller(new_merchant("elsewhere"))
    assert [caller.post(ACTIVITIES, activity()).status_code for caller in (api, elsewhere)] == [202, 202]
    assert Customer.objects.filter(external_id="bob").count() == 2


@pytest.mark.parametrize(
    "birthday",
    ["1990-02-29", "1900-01-01", "0001-01-01", "9999-12-31", "1990-13-01", "03/05/1990", "1990-5-3", 19900503, ""],
)
def test_a_birthday_that_nobody_has_is_refused(api, birthday):
    problem = assert_problem(api.post(CUSTOMERS, {"id": "bob", "birthday": birthday}), 400, "invalid")
    assert problem["errors"][0]["pointer"] == "/birthday"
    assert not Customer.objects.exists()


def test_a_birthday_is_told_at_registration_and_changed_once_a_year(api):
    for birthday, status in (("1992-02-29", 201), ("1992-03-01", 200), ("1992-03-01", 200), ("1992-03-02", 409)):
        assert api.post(CUSTOMERS, {"id": "bob", "birthday": birthday}).status_code == status
    assert_problem(api.post(CUSTOMERS, {"id": "bob", "birthday": "1992-03-03"}), 409, "birthday_conflict")
    assert api.post(CUSTOMERS, {"id": "bob"}).status_code == 200
    assert str(Customer.objects.get().birthday) == "1992-03-01"
