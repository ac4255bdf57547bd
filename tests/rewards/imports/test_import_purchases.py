"""`import_purchases`: what is taken from a file, what is not, and how that is told."""

import gzip
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from referrals.models import Customer, InboundEvent, Merchant, Purchase, Referral
from rewards.models import Evaluation
from rewards.services.evaluation.run import evaluate_due
from tests.factories.credits import WalletFactory
from tests.factories.referrals import NOON, MerchantFactory, ReferralCodeFactory

pytestmark = pytest.mark.django_db

HEADER = "order_id,occurred_at,total,customer_id,items\n"
GOOD = "A-1,2026-11-20T12:00:00Z,1250,bob,\n"


@pytest.fixture
def shop():
    return MerchantFactory(slug="shop", currency="USD")


@pytest.fixture
def write(tmp_path):
    """Writes a file and returns its path."""

    def written(content, name="purchases.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def run(path, *options):
    """Import a file: the exit code, the counts, and what is told on standard error."""
    output, errors, code = StringIO(), StringIO(), 0
    try:
        call_command("import_purchases", str(path), "--merchant=shop", *options, stdout=output, stderr=errors)
    except SystemExit as stop:
        code = stop.code
    return code, json.loads(output.getvalue()), errors.getvalue()


def told(accepted=0, repeated=0, conflict=0, invalid=0):
    return {"accepted": accepted, "repeated": repeated, "conflict": conflict, "invalid": invalid}


def test_a_row_is_a_purchase_that_waits_to_be_evaluated(shop, write):
    code = ReferralCodeFactory(merchant=shop, customer__merchant=shop, code="C0DE2026")
    path = write(
        "items,customer_email,referral_code,total,order_id,event_id,customer_id,occurred_at,payment_status\n"
        '"[{""sku"":""SALAD"",""category"":""meals"",""quantity"":2,""unit_price"":500}]",bob@example.com,code-2026,'
        "1250,A-1,E-1,bob,2026-11-20T07:00:00-05:00,pending\n"
    )
    assert run(path) == (0, told(accepted=1), "")
    purchase = Purchase.objects.get(merchant=shop)
    assert (purchase.order_id, purchase.total, purchase.occurred_at) == ("A-1", 1250, NOON)
    assert (purchase.referral_code, purchase.payment_status) == (code.code, "pending")
    assert purchase.lines == [{"sku": "SALAD", "name": "", "category": "meals", "quantity": 2, "unit_price": 500}]
    assert (purchase.customer.external_id, purchase.customer.email) == ("bob", "bob@example.com")
    assert InboundEvent.objects.get(merchant=shop).event_id == "E-1"
    assert InboundEvent.objects.get(merchant=shop).source == "import"
    assert Evaluation.objects.get(subject_id=purchase.pk).state == "pending"


def test_without_an_event_id_the_order_id_is_it(shop, write):
    run(write(HEADER + GOOD))
    assert InboundEvent.objects.get(merchant=shop).event_id == "A-1"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("B-1,2026-11-20T12:00:00Z,12.50,bob,", "/total"),
        ("B-1,2026-11-20T12:00:00Z,1_250,bob,", "/total"),
        ("B-1,2026-11-20T12:00:00Z,١٢٥٠,bob,", "/total"),
        ("B-1,2026-11-20T12:00:00Z,-1,bob,", "/total"),
        ("B-1,2026-11-20T12:00:00Z,99999999999999999999,bob,", "/total"),
        ("B-1,2026-11-20T12:00:00Z,,bob,", "empty: total"),
        ("B-1,2026-11-20T12:00:00,1250,bob,", "/occurred_at"),
        ("B-1,1889-11-20T12:00:00Z,1250,bob,", "/occurred_at"),
        (",2026-11-20T12:00:00Z,1250,bob,", "empty: order_id"),
        ("B-1,2026-11-20T12:00:00Z,1250,,", "empty: customer_id"),
        ("B-1,2026-11-20T12:00:00Z,1250,bob,[1", "items"),
        ("B-1,2026-11-20T12:00:00Z,1250,bob,[1]", "/items/0"),
        ("B-1,2026-11-20T12:00:00Z,1250,bob,,more", "6 cells"),
        ("B-1", "1 cells"),
        ('"B"-1,2026-11-20T12:00:00Z,1250,bob,', "not CSV"),
        ("B\udcff,2026-11-20T12:00:00Z,1250,bob,", "not UTF-8"),
        ("B\0,2026-11-20T12:00:00Z,1250,bob,", "/order_id"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_others_are_taken(shop, write, row, reason):
    content = f"{HEADER}A-0,2026-11-20T12:00:00Z,1,bob,\n{row}\n{GOOD}"
    code, counts, errors = run(write(content.encode(errors="surrogateescape")))
    assert (code, counts) == (1, told(accepted=2, invalid=1))
    assert errors.startswith("line 3: ")
    assert reason in errors
    assert list(Purchase.objects.order_by("order_id").values_list("order_id", flat=True)) == ["A-0", "A-1"]


def test_another_currency_is_told(shop, write):
    path = write("order_id,occurred_at,total,customer_id,currency\nA-1,2026-11-20T12:00:00Z,1250,bob,EUR\n")
    assert run(path) == (1, told(invalid=1), "line 2: /currency: Must be USD.\n")


def test_a_row_of_several_lines_is_told_with_its_last(shop, write):
    header = "order_id,occurred_at,total,customer_id,customer_name\n"
    code, _, errors = run(write(header + 'A-1,2026-11-20T12:00:00Z,1250,bob,"Bob\nthe Builder"\n'))
    assert (code, errors.partition(":")[0]) == (1, "line 3")


def test_what_a_spreadsheet_would_run_is_kept_as_text(shop, write):
    header = "order_id,occurred_at,total,customer_id,customer_name\n"
    run(write(header + "=1+1,2026-11-20T12:00:00Z,1250,@bob,=HYPERLINK(0)\n"))
    customer = Customer.objects.get(merchant=shop)
    assert (Purchase.objects.get().order_id, customer.external_id, customer.name) == ("=1+1", "@bob", "=HYPERLINK(0)")


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("order_id,occurred_at,total", "Missing columns: customer_id"),
        ("order_id,occurred_at,total,customer_id,referal_code", "Unknown columns: 'referal_code'"),
        ("order_id,occurred_at,total,customer_id,total", "named twice"),
        ("", "Missing columns"),
        ('"order_id', "not CSV"),
    ],
)
def test_columns_that_are_not_known_are_refused_before_anything_is_taken(shop, write, header, reason):
    with pytest.raises(CommandError, match=reason):
        run(write(f"{header}\n{GOOD}"))
    assert not Purchase.objects.exists()


def test_the_same_file_again_changes_nothing(shop, write):
    path = write(HEADER + GOOD)
    run(path)
    assert run(path) == (0, told(repeated=1), "")
    assert (Purchase.objects.count(), Evaluation.objects.count(), InboundEvent.objects.count()) == (1, 1, 1)


def test_other_content_under_a_known_id_is_told_and_the_first_stands(shop, write):
    run(write(HEADER + GOOD))
    code, counts, errors = run(write(HEADER + GOOD.replace("1250", "9999")))
    assert (code, counts) == (1, told(conflict=1))
    assert errors.startswith("line 2: event_conflict")
    assert Purchase.objects.get().total == 1250


def test_a_packed_file_and_a_byte_order_mark_are_read_too(shop, write):
    path = write(gzip.compress(b"\xef\xbb\xbf" + (HEADER + GOOD).encode()), "purchases.csv.gz")
    assert run(path) == (0, told(accepted=1), "")


def test_where_nobody_watches_there_is_no_progress_bar(shop, write, capsys):
    run(write(HEADER + GOOD))
    assert capsys.readouterr().err == ""


def test_more_rows_than_a_chunk_are_all_taken(shop, write):
    rows = "".join(f"N-{n},2026-11-20T12:00:00Z,{n},c{n},\n" for n in range(1_001))
    assert run(write(HEADER + rows)) == (0, told(accepted=1_001), "")
    assert Purchase.objects.count() == 1_001


def test_what_cannot_be_imported_is_told_without_a_traceback(shop, write, tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        run(tmp_path / "absent.csv")
    with pytest.raises(CommandError, match="cannot be read"):
        run(write(gzip.compress(b"x" * 1000)[:20], "cut.gz"))
    Merchant.objects.update(slug="another")
    with pytest.raises(CommandError, match="no merchant shop"):
        run(write(HEADER + GOOD))


def cdnow(*rows):
    return "customer_id  date number_of_cds  dollar_value\r\n" + "".join(f" {row} \r\n" for row in rows)


def test_the_log_of_cdnow_is_read_line_by_line(shop, write):
    path = write(cdnow("00001 19970101  3   11.77", "00001 19970101  3   11.77", "00002 19970112  1   0.00"), "log.txt")
    assert run(path, "--format=cdnow") == (0, told(accepted=3), "")
    first = Purchase.objects.get(order_id="cdnow-2")
    assert (first.total, first.customer.external_id, f"{first.occurred_at:%F %H:%M}") == (
        1177,
        "00001",
        "1997-01-01 12:00",
    )
    assert first.lines == [{"sku": "cd", "name": "", "category": "music", "quantity": 3, "unit_price": 392}]
    assert set(InboundEvent.objects.values_list("event_id", flat=True)) == {"2", "3", "4"}


@pytest.mark.parametrize("row", ["", "00001 19970101 1", "00001 19970101 1 11.7", "00001 19970230 1 11.77", "# 11.77"])
def test_a_line_of_another_shape_is_told(shop, write, row):
    path = write(cdnow("00001 19970101 1 11.77", row, "00002 19970101 1 11.77"), "log.txt")
    code, counts, errors = run(path, "--format=cdnow")
    assert (code, counts, errors.partition(":")[0]) == (1, told(accepted=2, invalid=1), "line 3")


def test_every_seventh_new_customer_of_cdnow_is_referred_by_the_one_six_before(shop, write):
    WalletFactory(merchant=shop)
    rows = [f"{customer:05} 199701{day:02} 1 10.00" for customer in range(1, 16) for day in (1, 2)]
    run(write(cdnow(*rows), "log.txt"), "--format=cdnow")
    while evaluate_due(now=NOON.replace(year=2030)):
        pass
    brought = Referral.objects.order_by("referee__external_id")
    assert list(brought.values_list("referee__external_id", "referrer__external_id")) == [
        ("00007", "00001"),
        ("00014", "00008"),
    ]
    assert Purchase.objects.exclude(referral_code="").count() == 2
