"""Statements: every movement with what caused it, in pages and as a file; and what lapses when."""

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import transaction
from django.utils import timezone

from config.lib.dates import end_of_day
from credits.models import Account, EntryKind
from credits.selectors.terms import default_wallet_terms
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from referrals.models import Scope
from referrals.selectors import get_customer
from rewards.engine.triggers import TRIGGERS
from rewards.selectors.sentences import BY_KIND, SENTENCES, sentence_of
from tests.api.caller import CUSTOMERS, activity, assert_problem, contents, evaluate_all
from tests.api.points import ALICE
from tests.api.test_purchases import statements
from tests.rewards.programmes import examples

pytestmark = pytest.mark.django_db
STATEMENT = f"{ALICE}/statement"
EXPORT = f"{STATEMENT}/export"
HISTORY = "/api/v1/loyalty/points/history/alice"
FRIENDS = [
    {
        "code": code,
        "name": name,
        "definition": {"trigger": trigger, "beneficiary": whom, "give": {"points": {"fixed": 10}}},
    }
    for code, name, trigger, whom in (
        ("thanks", "Thank you", "purchase.completed", "referrer"),
        ("welcome", "Welcome", "referral.joined", "referee"),
        ("brought", "You brought a friend", "referral.qualified", "referrer"),
    )
]


def earn(shop, points, *, customer="alice", times=1, **terms):
    """Points that come from nowhere, for the tests' sake."""
    now = timezone.now()
    customer_id = get_customer(merchant=shop, reference=customer).pk
    with transaction.atomic():
        book = open_book(terms=default_wallet_terms(merchant=shop), customer_ids=[customer_id], now=now)
        for number in range(times):
            key = f"test:{book.accounts[customer_id].event_sequence}:{number}"
            book.earn(customer_id, points, Cause(key, "test", 1, None, None, "test", {}, now), **terms)
        book.write()


def pages(api, path=STATEMENT, size=2):
    """All entries of a list, page by page."""
    cursor = ""
    while cursor is not None:
        body = api.get(f"{path}?page_size={size}{cursor and f'&cursor={cursor}'}").json()
        yield body.get("entries", body.get("points_transactions"))
        cursor = body["next"]


def exported(api, form="csv"):
    answer = api.get(f"{EXPORT}?as={form}")
    assert answer.status_code == 200
    return b"".join(answer.streaming_content).decode()


def test_a_movement_says_what_caused_it(api, till):
    api.buy(customer={"id": "alice"})
    evaluate_all()
    (line,) = till.lines()
    assert line.pop("id")
    assert line.pop("posted_at")
    assert datetime.fromisoformat(line.pop("expires_at")) == datetime(2028, 11, 20, 23, tzinfo=UTC)
    assert line == {
        "kind": "earned",
        "type": "earned",
        "points": 100,
        "sentence": "You received 100 points for order order-1: Bonus.",
        "remark": None,
        "reason": "purchase.completed",
        "policy": "Bonus",
        "reference": "order-1",
        "pending": False,
        "occurred_at": "2026-11-20T12:00:00Z",
    }


def test_a_friend_and_what_they_bought_are_not_told(api, till, code_of):
    examples.apply(policies=[*examples.WRITTEN["policies"], *FRIENDS])
    api.buy(order_id="secret-order", customer={"id": "bob"}, referral_code=code_of("alice"))
    evaluate_all()
    api.post("/api/v1/purchases/secret-order/refunds", {"refund_id": "r"})
    evaluate_all()
    told = api.get(STATEMENT).text
    assert "secret-order" not in told
    assert "bob" not in told
    assert sorted(line["sentence"] for line in till.lines()) == [
        "10 points were taken back, because a friend's order was refunded.",
        "10 points were taken back, because a friend's order was refunded.",
        "You received 10 points for a friend's first order: You brought a friend.",
        "You received 10 points for a friend's order: Thank you.",
    ]
    assert "10 points were taken back, because order secret-order was refunded." in {
        line["sentence"] for line in till.lines("bob")
    }
    assert "You received 10 points for joining through a friend: Welcome." in {
        line["sentence"] for line in till.lines("bob")
    }


def test_all_that_other_systems_and_customers_do_has_its_sentence(till, generous):
    till.earn(500, reference="review-1", description="Product review bonus")
    till.redeem(10, reference="mug")
    till.redeem(10)
    till.adjust(5)
    till.adjust(-5)
    till.give(20)
    till.capture(till.hold(30))
    till.close()
    assert [(line["points"], line["sentence"]) for line in reversed(till.lines())] == [
        (500, "You received 500 points for review-1."),
        (-10, "You paid 10 points for mug."),
        (-10, "You paid 10 points."),
        (5, "A correction: 5 points were added."),
        (-5, "A correction: 5 points were taken away."),
        (-20, "You gave 20 points away."),
        (-30, "You paid 30 points for cart-1."),
        (-430, "The account was closed, and its last 430 points were forfeited."),
    ]
    assert till.lines()[-1]["remark"] == "Product review bonus"
    assert till.lines("bob")[0]["sentence"] == "You received 20 points as a gift."


@pytest.mark.parametrize(
    ("undo", "body", "why"),
    [("refunds", {"refund_id": "r"}, "was refunded"), ("payment", {"status": "voided"}, "was not paid")],
)
def test_what_is_taken_back_says_why(api, till, undo, body, why):
    api.buy(customer={"id": "alice"}, payment_status="paid" if undo == "refunds" else "pending")
    evaluate_all()
    assert api.post(f"/api/v1/purchases/order-1/{undo}", body).status_code in {200, 202}
    evaluate_all()
    last = till.lines()[0]
    assert last["sentence"] == f"100 points were taken back, because order order-1 {why}."
    assert last["reference"] == "order-1"


def test_what_a_customer_did_is_named_by_its_own_reference(api, till):
    share = {
        "code": "share",
        "name": "Share",
        "definition": {
            "trigger": "activity.recorded",
            "activity": "social_share",
            "beneficiary": "customer",
            "give": {"points": {"fixed": 10}},
        },
    }
    examples.apply(policies=[*examples.WRITTEN["policies"], share])
    assert api.post("/api/v1/activities", activity(customer={"id": "alice"}, reference="POST-7")).status_code == 202
    evaluate_all()
    (line,) = till.lines()
    assert (line["type"], line["reference"]) == ("bonus", "POST-7")
    assert line["sentence"] == "You received 10 points: Share."


def test_every_trigger_and_every_kind_has_a_sentence():
    for trigger in TRIGGERS.values():
        for beneficiary in trigger.beneficiaries:
            assert f"{trigger.name}:{beneficiary}" in SENTENCES
            for undone in ("purchase.refunded", "payment.voided") if trigger.has_purchase else ():
                assert f"{undone}:{beneficiary}" in SENTENCES
            if trigger.has_milestones:
                assert f"{trigger.name}:{beneficiary}:milestone" in SENTENCES
    for kind in EntryKind:
        assert {f"{kind}:in", f"{kind}:out"} & BY_KIND.keys()
    known = {"as": "buyer", "milestone": 3, "policy": "P", "order": "O", "reference": "R"}
    for sentence in (*SENTENCES.values(), *BY_KIND.values()):
        assert "{" not in sentence.format(points=7, **known)


def test_a_reason_that_nobody_has_words_for_is_told_by_its_kind():
    assert sentence_of(reason="new.one", kind="earned", points=7, known={}) == "You received 7 points."
    orderless = {"as": "buyer", "policy": "P", "order": None}
    assert sentence_of(reason="purchase.completed", kind="earned", points=7, known=orderless) == (
        "You received 7 points."
    )


@pytest.mark.parametrize("path", [STATEMENT, HISTORY])
def test_pages_come_newest_first_and_miss_nothing(till, path):
    for points in range(1, 8):
        till.earn(points)
    assert [[line["points"] for line in page] for page in pages(till.api, path, 3)] == [[7, 6, 5], [4, 3, 2], [1]]
    assert len(list(pages(till.api, path, 7))) == 1


def test_what_is_posted_meanwhile_shifts_nothing(till):
    for points in range(1, 7):
        till.earn(points)
    seen = []
    for page in pages(till.api):
        seen += [line["points"] for line in page]
        till.earn(99)
    assert seen == [6, 5, 4, 3, 2, 1]


def test_79_a_cursor_leads_nowhere_else(till):
    for customer in ("alice", "bob"):
        for points in range(3):
            till.earn(points + 1, customer)
    cursor = till.api.get(f"{STATEMENT}?page_size=1").json()["next"]
    assert till.api.get(f"{STATEMENT}?cursor={cursor}").status_code == 200
    tampered = [
        *(cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :] for at in range(0, len(cursor), 7)),
        cursor[:-1], cursor + "=", cursor[::-1], "1", "x" * 5000, "", "%00",
    ]  # fmt: skip
    for wrong in tampered:
        assert_problem(till.api.get(f"{STATEMENT}?cursor={wrong}"), 400, "invalid_parameter")
    for foreign in (f"{CUSTOMERS}/bob/statement", HISTORY):
        assert_problem(till.api.get(f"{foreign}?cursor={cursor}"), 400, "invalid_parameter")


WRONG_SIZES = ["-1", "0", "101", "1" * 30, "abc", "1.0", "٣", " 7", "+7", "1_0", "", "1&page_size=2"]


@pytest.mark.parametrize("size", WRONG_SIZES)
def test_77_a_page_has_1_to_100_lines(till, size):
    for path in (STATEMENT, HISTORY):
        assert_problem(till.api.get(f"{path}?page_size={size}"), 400, "invalid_parameter")
    days = {"101": "3661"}.get(size, size.replace("page_size", "days"))
    assert_problem(till.api.get(f"{ALICE}/expiring?days={days}"), 400, "invalid_parameter")


def test_a_page_takes_as_many_queries_however_long_it_is(till, shop):
    earn(shop, 1, times=5)
    few = statements(lambda: till.api.get(STATEMENT))
    earn(shop, 1, times=95)
    assert statements(lambda: till.api.get(f"{STATEMENT}?page_size=100")) == few <= 8


def test_reading_changes_nothing_even_when_the_sums_are_past(till, shop):
    earn(shop, 5, active_at=timezone.now() + timedelta(days=1))
    Account.objects.update(next_change_at=timezone.now() - timedelta(seconds=1))
    before = contents()
    for path in (STATEMENT, EXPORT, HISTORY, f"{ALICE}/expiring", "/api/v1/loyalty/customer/alice"):
        assert till.api.get(path).status_code == 200
    assert contents() == before


def test_points_that_wait_are_pending(till, shop):
    earn(shop, 5, waiting_for="payment")
    earn(shop, 5)
    assert [line["pending"] for line in till.lines()] == [False, True]


def test_a_customer_without_points_has_an_empty_statement(till):
    assert till.api.get(STATEMENT).json() == {"customer": "alice", "entries": [], "next": None}
    assert till.api.get(f"{ALICE}/expiring").json()["days"] == []
    assert len(exported(till.api).splitlines()) == 1
    assert json.loads(exported(till.api, "json")) == {"customer": "alice", "entries": [], "next": None}


@pytest.mark.parametrize("path", [STATEMENT, EXPORT, f"{ALICE}/expiring", HISTORY, "/api/v1/loyalty/customer/alice"])
def test_a_statement_is_its_merchants_and_needs_its_scope(till, shop, new_merchant, new_caller, path):
    scope = Scope.EXPORTS if path == EXPORT else Scope.CREDITS
    assert new_caller(shop, scopes=[scope]).get(path).status_code == 200
    others = new_caller(shop, scopes=[other for other in Scope if other != scope])
    assert_problem(others.get(path), 403, "permission_denied")
    assert_problem(new_caller(new_merchant("elsewhere")).get(path), 404, "not_found")


def test_what_lapses_is_told_day_by_day_of_the_merchants_calendar(till, shop):
    zone = default_wallet_terms(merchant=shop).zone
    today = timezone.now().astimezone(zone).date()
    for points, days in ((5, 3), (7, 3), (11, 1), (13, 90), (17, 91)):
        earn(shop, points, expires_at=end_of_day(today + timedelta(days=days), zone))
    earn(shop, 19, expires_at=None)
    found = till.api.get(f"{ALICE}/expiring").json()["days"]
    assert [(each["day"], each["points"]) for each in found] == [
        (str(today + timedelta(days=days)), points) for days, points in ((1, 11), (3, 12), (90, 13))
    ]
    assert all(a["expires_at"] < b["expires_at"] for a, b in pairwise(found))
    assert [each["points"] for each in till.api.get(f"{ALICE}/expiring?days=2").json()["days"]] == [11]
    till.hold(11)
    assert [each["points"] for each in till.api.get(f"{ALICE}/expiring?days=3").json()["days"]] == [12]


def test_what_lapses_is_exact_before_a_debt_is_settled(till, shop):
    tomorrow = timezone.now() + timedelta(days=1)
    earn(shop, 10, active_at=timezone.now() + timedelta(hours=1), expires_at=tomorrow)
    Account.objects.update(owed=4)
    lot = Account.objects.get().lots.get()
    lot.active_at = timezone.now() - timedelta(seconds=1)
    lot.save()
    assert [each["points"] for each in till.api.get(f"{ALICE}/expiring").json()["days"]] == [6]
