"""A list of purchases: one outcome an item, in order; a wrong item does not stop the others."""

import pytest

from referrals.models import Customer, Purchase
from rewards.models import Evaluation
from tests.api.caller import PURCHASES, assert_problem, contents, evaluate_all, purchase
from tests.api.test_purchases import statements

pytestmark = pytest.mark.django_db


def numbered(n, **changes):
    return purchase(**{"event_id": f"event-{n}", "order_id": f"order-{n}", "customer": {"id": f"c-{n}"}, **changes})


def outcomes(answer):
    assert answer.status_code == 202
    assert answer.json().keys() == {"results"}
    return [(result["http_status"], result.get("id") or result["code"]) for result in answer.json()["results"]]


def statuses(answer):
    return [status for status, _ in outcomes(answer)]


def test_every_item_has_its_outcome_in_order(api):
    first = api.post(PURCHASES, numbered(0)).json()
    items = [numbered(1), numbered(0), numbered(0, total=1), {"event_id": "event-2"}, 7, None, [], numbered(3)]
    answer = api.post(PURCHASES, items)
    assert statuses(answer) == [202, 200, 409, 400, 400, 400, 400, 202]
    results = answer.json()["results"]
    assert results[1] == {"http_status": 200, **first}
    assert (results[2]["code"], results[3]["code"]) == ("event_conflict", "invalid")
    assert {result["request_id"] for result in results[2:7]} == {answer["X-Request-Id"]}
    assert set(Purchase.objects.values_list("order_id", flat=True)) == {"order-0", "order-1", "order-3"}
    for result in (results[0], results[-1]):
        assert api.get(result["status_url"]).json()["id"] == result["id"]


def test_the_same_list_again_changes_nothing(api):
    items = [numbered(n) for n in range(20)]
    first = outcomes(api.post(PURCHASES, items))
    before = contents()
    again = outcomes(api.post(PURCHASES, items))
    assert again == [(200, id_) for _, id_ in first]
    assert contents() == before


def test_what_a_list_repeats_is_recorded_once(api):
    (first, again, other) = outcomes(api.post(PURCHASES, [numbered(1), numbered(1), numbered(1, total=7)]))
    assert (first[0], again, other) == (202, (200, first[1]), (409, "event_conflict"))
    assert Purchase.objects.get().total == 2599
    assert Evaluation.objects.count() == 1


def test_of_two_events_about_one_order_the_first_in_the_list_stands(api):
    answer = api.post(PURCHASES, [numbered(1), numbered(1, event_id="other", total=7), numbered(1, event_id="again")])
    assert statuses(answer) == [202, 409, 200]
    assert Purchase.objects.get().total == 2599


def test_customers_whom_a_list_repeats_are_made_once_with_all_that_it_tells(api):
    told = {"id": "bob", "email": "bob@example.com", "name": "Bob"}
    assert statuses(api.post(PURCHASES, [numbered(1, customer=told), numbered(2, customer={"id": "bob"})])) == [
        202,
        202,
    ]
    bob = Customer.objects.get()
    assert (bob.email, bob.name) == ("bob@example.com", "Bob")


def test_a_list_has_1_to_1000_items(api):
    before = contents()
    for items in ([], [numbered(n) for n in range(1001)]):
        assert_problem(api.post(PURCHASES, items), 400, "invalid")
    assert contents() == before
    assert set(statuses(api.post(PURCHASES, [numbered(n) for n in range(1000)]))) == {202}
    assert Purchase.objects.count() == Evaluation.objects.count() == 1000


def test_an_item_that_is_a_list_or_has_wrong_currency_stands_alone(api):
    answer = api.post(PURCHASES, [[numbered(1)], numbered(2, currency="EUR"), numbered(3)])
    assert statuses(answer) == [400, 400, 202]
    assert answer.json()["results"][1]["errors"][0]["pointer"] == "/currency"


def test_a_list_is_evaluated_like_single_purchases(api, code_of):
    code = code_of("alice")
    api.post(PURCHASES, [numbered(n, referral_code=code) for n in range(30)])
    evaluate_all()
    alice = api.get("/api/v1/customers/alice/credits").json()
    assert len(alice["grants"]) == 30
    assert api.get("/api/v1/customers/c-7/credits").json()["available"] == 100


def test_recording_500_takes_at_most_12_statements(api):
    api.get(f"{PURCHASES}/none")  # The key is looked up.
    items = [numbered(n, customer={"id": f"c-{n}", "email": f"c{n}@example.com"}) for n in range(500)]
    assert statements(lambda: api.post(PURCHASES, items)) <= 12
