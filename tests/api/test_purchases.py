"""One purchase at a time: recorded once, evaluated once, and told what came of it."""

from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from referrals.models import Customer, InboundEvent, Purchase, Referral
from rewards.models import Evaluation
from tests.api.caller import CUSTOMERS, PURCHASES, assert_problem, contents, evaluate_all, line, purchase

pytestmark = pytest.mark.django_db

ODD_ORDER_IDS = [
    "2026/11/20-7",
    "#1001",
    "a b",
    "заказ-٣-🛒",
    "50%",
    "a?b=c&d",
    "a+b",
    "%2F",
    "a;b",
    '"q"\\',
    "..",
    "a//b",
]


def path_of(order_id):
    """The path of an order, as any client encodes it."""
    return f"{PURCHASES}/{quote(order_id, safe='')}"


def statements(run):
    """How many statements `run` sends, beside those that begin and end transactions."""
    with CaptureQueriesContext(connection) as captured:
        run()
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return len([query for query in captured if not query["sql"].startswith(control)])


def test_a_purchase_is_accepted_and_its_status_can_be_asked(api):
    answer = api.buy()
    assert answer.status_code == 202
    assert answer["Content-Type"] == "application/json"
    assert answer.json().keys() == {"id", "status", "status_url"}
    assert answer.json()["status"] == "pending"
    status = api.get(answer.json()["status_url"])
    assert status.status_code == 200
    assert status.json() == {
        "id": answer.json()["id"],
        "order_id": "order-1",
        "customer": "bob",
        "occurred_at": "2026-11-20T12:00:00Z",
        "currency": "USD",
        "total": 2599,
        "payment_status": "paid",
        "refunded": False,
        "refunded_amount": 0,
        "status": "pending",
        "evaluated_at": None,
        "decision": None,
    }


def test_its_points_follow_and_are_explained(api):
    answer = api.buy()
    evaluate_all()
    status = api.get(answer.json()["status_url"]).json()
    assert status["status"] == "evaluated"
    assert status["evaluated_at"] is not None
    assert status["decision"]["grants"] == [
        {
            "policy": "bonus",
            "trigger": "purchase.completed",
            "beneficiary": "buyer",
            "customer": "bob",
            "kind": "points",
            "points": 100,
            "sentence": "You received 100 points.",
        }
    ]


def test_a_purchase_is_found_by_the_order_id_too(api):
    answer = api.buy()
    by_ours, by_theirs = api.get(answer.json()["status_url"]), api.get(f"{PURCHASES}/order-1")
    assert by_ours.json() == by_theirs.json()


@pytest.mark.parametrize("order_id", ODD_ORDER_IDS)
def test_order_ids_may_look_odd(api, order_id):
    answer = api.buy(order_id=order_id)
    found = api.get(path_of(order_id))
    assert found.status_code == 200
    assert (found.json()["id"], found.json()["order_id"]) == (answer.json()["id"], order_id)
    assert api.post(f"{path_of(order_id)}/refunds", {"refund_id": "refund-1"}).status_code == 202


def test_the_same_event_again_changes_nothing(api):
    first = api.buy()
    before = contents()
    again = api.buy()
    assert (again.status_code, again.json()) == (200, first.json())
    assert contents() == before
    evaluate_all()
    before = contents()
    late = api.buy()
    assert (late.status_code, late.json()) == (200, first.json())
    evaluate_all()
    assert contents() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"occurred_at": "2026-11-20T13:00:00+01:00"},
        {"note": "fields that are not known are ignored"},
        {"payment_status": "paid"},
        {"referral_code": None},
    ],
    ids=str,
)
def test_the_same_in_other_words_is_the_same(api, changes):
    first = api.buy()
    again = api.buy(**changes)
    assert (again.status_code, again.json()) == (200, first.json())


@pytest.mark.parametrize(
    "changes",
    [
        {"total": 2600},
        {"order_id": "order-2"},
        {"occurred_at": "2026-11-20T12:00:01Z"},
        {"customer": {"id": "carol"}},
        {"items": [line(quantity=3)]},
        {"referral_code": "SOMETHING"},
        {"payment_status": "pending"},
    ],
    ids=str,
)
def test_other_content_under_a_known_event_id_is_a_conflict(api, changes):
    first = api.buy()
    assert_problem(api.buy(**changes), 409, "event_conflict")
    assert Purchase.objects.get().total == 2599
    assert Evaluation.objects.count() == Customer.objects.count() == 1
    assert InboundEvent.objects.get().conflict_count == 1
    assert api.buy().json() == first.json()


def test_the_same_order_through_another_event_is_the_same_purchase(api):
    first = api.buy()
    again = api.buy(event_id="event-2", items=[])
    assert (again.status_code, again.json()) == (200, first.json())
    assert Purchase.objects.count() == Evaluation.objects.count() == 1


@pytest.mark.parametrize("changes", [{"total": 1}, {"customer": {"id": "carol"}}], ids=str)
def test_an_order_that_another_event_tells_differently_is_a_conflict(api, changes):
    api.buy()
    for _ in range(2):
        assert_problem(api.buy(event_id="event-2", **changes), 409, "order_conflict")
    assert Purchase.objects.get().total == 2599
    assert Evaluation.objects.count() == 1


def test_a_customer_who_is_not_known_is_made(api, shop):
    api.buy(customer={"id": "bob", "email": "Bob@Example.com", "name": "Bob"})
    bob = Customer.objects.get(merchant=shop)
    assert (bob.external_id, bob.email, bob.name) == ("bob", "Bob@Example.com", "Bob")
    api.buy(event_id="event-2", order_id="order-2")
    assert Customer.objects.count() == 1


def test_a_friends_first_purchase_completes_the_referral(api, code_of):
    decision = api.decision(api.buy(referral_code=code_of("alice").lower()))
    assert [(grant["customer"], grant["kind"]) for grant in decision["grants"]] == [
        ("bob", "points"),
        ("alice", "grant"),
    ]
    assert decision["refusals"] == []
    assert Referral.objects.get().referrer.external_id == "alice"


@pytest.mark.parametrize(
    ("customer", "code", "reason"),
    [
        pytest.param("bob", "NOBODYS", "unknown_code", id="104-unknown"),
        pytest.param("bob", "'; DROP TABLE referrals; --", "unknown_code", id="36-sql"),
        pytest.param("bob", "{{7*7}}${jndi:x}%s%n", "unknown_code", id="36-templates"),
        pytest.param("alice", "hers", "own_code", id="104-own"),
    ],
)
def test_a_code_that_is_refused_does_not_stop_the_points(api, code_of, customer, code, reason):
    hers = code_of("alice")
    decision = api.decision(api.buy(customer={"id": customer}, referral_code=hers if code == "hers" else code))
    assert [grant["points"] for grant in decision["grants"]] == [100]
    refusal = next(refusal for refusal in decision["refusals"] if refusal["code"] == reason)
    assert refusal["sentence"].endswith(".")
    assert not Referral.objects.exists()


def test_a_code_of_another_merchant_is_not_known_here(api, code_of, new_merchant, new_caller):
    elsewhere = new_caller(new_merchant("elsewhere"))
    decision = elsewhere.decision(elsewhere.buy(referral_code=code_of("alice")))
    assert "unknown_code" in [refusal["code"] for refusal in decision["refusals"]]


def test_texts_are_kept_to_the_letter(api):
    name = "'; DROP TABLE x; -- {{7*7}} ${jndi:ldap://x} %s%n ../../v1 <script> 👩‍👩‍👧‍👦 null undefined true"
    api.buy(items=[line(name=name)])
    assert Purchase.objects.get().lines[0]["name"] == name


def test_a_purchase_may_have_no_lines_and_cost_nothing(api):
    assert api.buy(items=[], total=0).status_code == 202
    assert api.buy(items=..., event_id="event-2", order_id="order-2").status_code == 202


def test_a_purchase_at_every_limit_is_accepted_and_evaluated(api):
    item = line(quantity=1000, unit_price=10**6, name="x" * 200, category="x" * 50, sku="x" * 100)
    answer = api.buy(
        event_id="e" * 100,
        order_id="é" * 100,
        occurred_at="2099-12-31T23:59:59.999999Z",
        total=10**12,
        customer={"id": "c" * 100, "email": "x" * 242 + "@example.com", "name": "n" * 100},
        items=[item] * 1_000,
        referral_code="ß" * 64,
    )
    assert answer.status_code == 202
    assert api.decision(answer)["grants"]


@pytest.mark.parametrize(
    "moment", ["1990-01-01T00:00:00Z", "1990-01-01t05:00:00+05:00", "2026-11-20 12:00:00.1234567z"]
)
def test_a_moment_may_be_written_in_every_way_that_rfc_3339_knows(api, moment):
    assert api.decision(api.buy(occurred_at=moment))["grants"]


HOSTILE_NAMES = [
    "merchant", "merchant_id", "id", "uuid", "pk", "status", "received_at", "points", "shard", "state", "root_id",
    "__proto__", "_connector", "_negated", "pk__in", "user__password__startswith", "__class__", "is_staff", "source",
]  # fmt: skip


def test_24_names_of_our_own_fields_have_no_effect(api, shop, new_merchant):
    other = new_merchant("elsewhere")
    hostile = dict.fromkeys(HOSTILE_NAMES, other.pk)
    body = purchase(
        customer={**hostile, "id": "bob", "email_verified_at": "2020-01-01T00:00:00Z"},
        items=[{**hostile, **line(), "key": "9"}],
    )
    assert api.post(PURCHASES, hostile | body).status_code == 202
    stored = Purchase.objects.get()
    assert (stored.merchant, stored.customer.merchant) == (shop, shop)
    assert stored.customer.email_verified_at is None
    assert stored.pk != other.pk or stored.order_id == "order-1"
    assert Evaluation.objects.get().state == "pending"
    assert api.post(PURCHASES, body).status_code == 200


def test_an_unpaid_purchases_points_are_pending(api):
    api.buy(payment_status="pending")
    evaluate_all()
    found = api.get(f"{CUSTOMERS}/bob/credits").json()
    assert (found["available"], found["pending"]) == (0, 100)


def test_recording_a_purchase_takes_at_most_8_statements(api):
    api.get(f"{PURCHASES}/none")  # The key is looked up.
    assert statements(api.buy) <= 8
    known = purchase(event_id="event-2", order_id="order-2")
    assert statements(lambda: api.post(PURCHASES, known)) <= 5


@pytest.mark.parametrize("kind", ["customers", "purchases"])
def test_evaluating_many_takes_as_many_statements_as_evaluating_few(api, kind):
    def buy(count, start):
        api.post(PURCHASES, [
            purchase(
                event_id=f"event-{n}", order_id=f"order-{n}",
                customer={"id": f"customer-{n % 16 if kind == 'purchases' else n}"},
            )
            for n in range(start, start + count)
        ])  # fmt: skip
        return statements(evaluate_all)

    buy(16, 0)  # Policies are compiled, and every shard has been used.
    few, many = buy(40, 1_000), buy(240, 2_000)
    assert many <= few
