"""Whatever is sent, the answer is a problem document that says what is wrong, and nothing is written.

The numbers are those of the corpus of bad input.
"""

import json

import pytest

from tests.api.caller import PURCHASES, assert_problem, line, purchase
from tests.factories.referrals import MerchantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unchanged")]


@pytest.fixture
def shop(db):
    """A merchant without a programme is enough here."""
    return MerchantFactory()


def with_extra(body, raw: bytes) -> bytes:
    """A valid body, and one more field, whose value is `raw`; names that are not known are ignored."""
    return json.dumps(body).encode()[:-1] + b', "extra": ' + raw + b"}"


def nested(depth):
    return b"[" * depth + b"]" * depth


UNREADABLE = {
    "02-null": lambda body: b"null",
    "03-empty-list": lambda body: b"[]",
    "04-text": lambda body: b'"x"',
    "04-number": lambda body: b"7",
    "05-truncated": lambda body: json.dumps(body).encode()[:-1],
    "06-bom": lambda body: b"\xef\xbb\xbf" + json.dumps(body).encode(),
    "07-utf-16": lambda body: json.dumps(body).encode("utf-16"),
    "07-utf-16-without-mark": lambda body: json.dumps(body).encode("utf-16-le"),
    "08-byte-ff": lambda body: with_extra(body, b'"\xff"'),
    "09-depth-100000": lambda body: with_extra(body, nested(100_000)),
    "09-depth-unclosed": lambda body: b'{"extra":' * 100_000,
    "10-depth-33": lambda body: with_extra(body, nested(32)),
    "11-duplicate-keys": lambda body: with_extra(body, b'1, "extra": 2'),
    "11-duplicate-keys-inside": lambda body: with_extra(body, b'{"a": 1, "a": 1}'),
    "12-100000-keys": lambda body: with_extra(body, json.dumps(dict.fromkeys(map(str, range(100_000)))).encode()),
    "13-nan": lambda body: with_extra(body, b"NaN"),
    "13-infinity": lambda body: with_extra(body, b"-Infinity"),
    "14-1e999": lambda body: with_extra(body, b"1e999"),
    "15-5000-digits": lambda body: with_extra(body, b"9" * 5_000),
    "31-nul": lambda body: with_extra(body, rb'"\u0000"'),
    "31-nul-in-key": lambda body: with_extra(body, rb'{"\u0000": 1}'),
    "31-raw-nul": lambda body: with_extra(body, b'"\x00"'),
    "32-lone-surrogate": lambda body: with_extra(body, rb'"\ud800"'),
    "32-half-a-pair": lambda body: with_extra(body, rb'["\udc00\ud800"]'),
    "two-values": lambda body: json.dumps(body).encode() * 2,
    "comment": lambda body: json.dumps(body).encode() + b" // done",
    "single-quotes": lambda body: str(body).encode(),
    "endless-text": lambda body: b'{"extra": "' + rb"\"" * 500_000,
}


@pytest.mark.timeout(60, func_only=True)
def test_a_body_that_two_readers_could_read_differently_is_refused(api, endpoint):
    path, body = endpoint
    for name, spoil in UNREADABLE.items():
        assert_problem(api.post(path, spoil(body)), 400, about=name)


def test_01_an_empty_body_is_refused(api, endpoint):
    assert_problem(api.post(endpoint[0], b""), 400)


def test_16_a_body_of_30_mb_is_too_large(api, endpoint):
    path, body = endpoint
    assert_problem(api.post(path, with_extra(body, b'"' + b"x" * 30_000_000 + b'"')), 413, "body_too_large")


def test_17_a_compressed_body_is_not_unpacked(api, endpoint):
    answer = api.post(endpoint[0], b"\x1f\x8b" + b"\0" * 100, headers={"Content-Encoding": "gzip"})
    assert_problem(answer, 415, "unsupported_media_type")


OTHER_TYPES = [
    "application/xml", "text/plain", "", "application/json-patch+json", "application/x-www-form-urlencoded",
    "multipart/form-data", "multipart/form-data; boundary=x", "json",
]  # fmt: skip


def test_18_19_20_only_json_is_read(api, endpoint):
    path, body = endpoint
    for content_type in OTHER_TYPES:
        answer = api.post(path, body, content_type=content_type)
        assert_problem(answer, 415, "unsupported_media_type", about=content_type)


def test_21_a_body_without_a_length_is_refused_and_not_taken_for_an_empty_one(api, endpoint):
    path, body = endpoint
    answer = api.post(path, body, headers={"Transfer-Encoding": "chunked", "Idempotency-Key": "k"}, CONTENT_LENGTH="")
    assert_problem(answer, 411, "length_required")


def test_22_a_body_that_is_longer_than_it_says_is_refused(api, endpoint):
    path, body = endpoint
    assert_problem(api.post(path, body, CONTENT_LENGTH="7"), 400)


WRONG_TEXTS = {
    "wrong-type": 7,
    "empty": "",
    "01-spaces-around": " x ",
    "39-no-break-spaces-around": "\u00a0x\u00a0",
    "newline-at-the-end": "x\n",
    "newline-inside": "x\ny",
    "tab-inside": "x\ty",
    "delete-inside": "x\x7fy",
    "too-long": "x" * 101,
    "33-combining-marks": "e" + "\u0301" * 100_000,
    "null": None,
    "list": ["x"],
    "bool": True,
}


@pytest.mark.parametrize("field", ["event_id", "order_id", "sku", "customer"])
def test_an_identifier_is_short_printable_text(api, field):
    for name, value in WRONG_TEXTS.items():
        changes = {
            "sku": {"items": [line(sku=value)]},
            "customer": {"customer": {"id": value}},
        }.get(field, {field: value})
        problem = assert_problem(api.buy(**changes), 400, "invalid", about=name)
        assert problem["errors"][0]["pointer"] in {f"/{field}", "/items/0/sku", "/customer/id"}


WRONG_AMOUNTS = {
    "41-negative": -1,
    "44-2-to-63": 2**63,
    "44-2-to-64": 2**64,
    "44-10-to-30": 10**30,
    "45-half": 1.5,
    "46-float": 1.0,
    "47-true": True,
    "48-text": "7",
    "49-underscore": "1_000",
    "50-arabic-digit": "٣",
    "51-spaces": " 7 ",
    "54-decimals": "19.999",
    "null": None,
    "object": {"amount": 7},
    "beyond-the-limit": 10**12 + 1,
    "1e3": 1e3,
}


@pytest.mark.parametrize("field", ["total", "unit_price", "quantity"])
def test_a_number_is_a_whole_number_in_its_range(api, field):
    for name, value in WRONG_AMOUNTS.items():
        changes = {"total": value} if field == "total" else {"items": [line(**{field: value})]}
        problem = assert_problem(api.buy(**changes), 400, "invalid", about=name)
        assert problem["errors"][0]["pointer"] == ("/total" if field == "total" else f"/items/0/{field}")


@pytest.mark.parametrize(
    "quantity", [pytest.param(0, id="42-zero"), pytest.param(2**31, id="43-2-to-31"), pytest.param(10_001, id="limit")]
)
def test_a_quantity_is_from_1_to_10000(api, quantity):
    assert_problem(api.buy(items=[line(quantity=quantity)]), 400, "invalid")


def test_53_lines_that_come_to_more_than_money_goes_are_refused(api):
    problem = assert_problem(api.buy(items=[line(quantity=10_000, unit_price=10**12)]), 400, "invalid")
    assert problem["errors"][0]["pointer"] == "/items"


@pytest.mark.parametrize("currency", ["usd", "XXX", "BTC", "", "US", "USDX", "EUR", "USD\n", "ＵＳＤ", 840, None, ...])
def test_55_56_the_currency_is_the_merchants(api, currency):
    assert_problem(api.buy(currency=currency), 400, "invalid")


WRONG_MOMENTS = {
    "61-no-offset": "2026-11-20T12:00:00",
    "62-30-february": "2024-02-30T12:00:00Z",
    "63-zero": "0000-00-00T00:00:00Z",
    "64-beyond-the-calendar": "9999-12-31T23:59:59-12:00",
    "64-before-the-calendar": "0001-01-01T00:00:00+12:00",
    "65-leap-second": "2016-12-31T23:59:60Z",
    "67-epoch": 1_763_640_000,
    "67-epoch-text": "1763640000",
    "68-2100": "2100-01-01T00:00:00Z",
    "69-1989": "1989-12-31T23:59:59Z",
    "date-only": "2026-11-20",
    "hour-25": "2026-11-20T25:00:00Z",
    "offset-99": "2026-11-20T12:00:00+99:00",
    "arabic-digits": "٢٠٢٦-11-20T12:00:00Z",
    "words": "yesterday",
    "empty": "",
    "null": None,
}


@pytest.mark.parametrize("moment", WRONG_MOMENTS.values(), ids=WRONG_MOMENTS)
def test_a_purchases_moment_has_an_offset_and_is_from_1990_to_2099(api, moment):
    problem = assert_problem(api.buy(occurred_at=moment), 400, "invalid")
    assert problem["errors"][0]["pointer"] == "/occurred_at"


@pytest.mark.parametrize(
    "moment", [m for m in WRONG_MOMENTS.values() if m], ids=[k for k, m in WRONG_MOMENTS.items() if m]
)
def test_a_refunds_moment_too(api, moment):
    answer = api.post(f"{PURCHASES}/order-0/refunds", {"refund_id": "r", "occurred_at": moment})
    assert assert_problem(answer, 400, "invalid")["errors"][0]["pointer"] == "/occurred_at"


WRONG_EMAILS = [
    "",
    "bob",
    "@example.com",
    "bob@",
    "bob@example",
    "a b@example.com",
    "bob@example.com\n",
    "x" * 250 + "@e.org",
    7,
]


@pytest.mark.parametrize("email", WRONG_EMAILS, ids=repr)
def test_an_email_address_looks_like_one(api, email):
    assert_problem(api.buy(customer={"id": "bob", "email": email}), 400, "invalid")
    assert_problem(api.post("/api/v1/customers", {"id": "bob", "email": email}), 400, "invalid")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"items": [line()] * 5_000}, id="103-5000-lines"),
        pytest.param({"items": {}}, id="items-object"),
        pytest.param({"items": [[]]}, id="items-list-of-lists"),
        pytest.param({"items": [line(name="x\n")]}, id="name-newline"),
        pytest.param({"items": [line(name="x" * 201)]}, id="name-long"),
        pytest.param({"items": [line(category="x" * 51)]}, id="category-long"),
        pytest.param({"customer": "bob"}, id="customer-text"),
        pytest.param({"customer": {}}, id="customer-empty"),
        pytest.param({"customer": ...}, id="no-customer"),
        pytest.param({"event_id": ...}, id="no-event-id"),
        pytest.param({"referral_code": "x" * 65}, id="code-long"),
        pytest.param({"referral_code": 7}, id="code-number"),
        pytest.param({"payment_status": "x" * 100_000}, id="payment-status-long"),
        pytest.param({"payment_status": None}, id="payment-status-null"),
    ],
)
def test_a_purchase_of_another_shape_is_refused(api, changes):
    assert_problem(api.buy(**changes), 400, "invalid")


def test_mistakes_do_not_come_back_at_length(api):
    answer = api.buy(payment_status="secret" * 10_000)
    assert "secretsecret" not in answer.text


def test_an_order_that_is_not_there_is_404_whatever_it_is_called(api):
    for reference in [
        "abc",
        "9" * 30,
        "%00",
        "%ff",
        "%ed%a0%80",
        "x" * 1_000_000,
        "..%2f..",
        ";",
        "%2e%2e",
        "//",
        "%0a",
    ]:
        assert_problem(api.get(f"{PURCHASES}/{reference}"), 404, "not_found")
        assert_problem(api.post(f"{PURCHASES}/{reference}/payment", {"status": "paid"}), 404, "not_found")
        assert_problem(api.get(f"/api/v1/customers/{reference}/credits"), 404, "not_found")
        assert_problem(api.get(f"/api/v1/refunds/{reference}"), 404, "not_found")
        assert_problem(api.get(f"/api/v1/{reference}"), 404, "not_found")


def test_no_customer_has_a_name_that_cannot_be_stored(api):
    for name in ["x\x00", "\ud800"]:
        assert_problem(api.post("/api/v1/referral-codes", {"customer": name}), 400)


@pytest.mark.parametrize("body", [purchase(total=-1), purchase(items=[line(quantity=0)])], ids=["total", "quantity"])
def test_a_list_with_only_wrong_items_writes_nothing(api, body):
    answer = api.post(PURCHASES, [body, body])
    assert answer.status_code == 202
    assert [result["http_status"] for result in answer.json()["results"]] == [400, 400]
