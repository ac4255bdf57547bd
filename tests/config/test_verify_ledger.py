"""`verify_ledger` finds nothing in true books, and every falsification in false ones."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import InternalError, connection, transaction
from django.utils import timezone

from config.lib.proof import ROWS_SHOWN, check, one_snapshot, tables_read
from config.management.commands.verify_ledger import FIGURES, INVARIANTS
from tests.config.little_history import write_history
from tests.config.tampered_activities import ACTIVITIES
from tests.config.tampered_campaigns import CAMPAIGNS
from tests.config.tampered_checkout import CHECKOUT
from tests.config.tampered_database import DATABASE
from tests.config.tampered_deliveries import AND_MORE_OF_DELIVERIES, DELIVERIES
from tests.config.tampered_referrals import REFERRALS
from tests.config.tampered_refunds import REFUNDS
from tests.config.tampered_rows import AND_MORE, HOW_MUCH, WHO, WHY
from tests.config.tampered_spending import HOW_SPENT

ALL = [
    *DATABASE,
    *WHO,
    *REFERRALS,
    *HOW_MUCH,
    *HOW_SPENT,
    *WHY,
    *ACTIVITIES,
    *REFUNDS,
    *CHECKOUT,
    *CAMPAIGNS,
    *DELIVERIES,
    *AND_MORE,
    *AND_MORE_OF_DELIVERIES,
]


# The plugin's own marks would take these tests apart, for it puts tests in order by how they use the database.
@pytest.fixture(scope="module", autouse=True)
def _books(django_db_setup, django_db_blocker):
    """The books are written once; each test that falsifies them does so in a transaction that is undone."""
    with django_db_blocker.unblock():
        write_history()
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def books(django_db_blocker):
    """The books, and no transaction: the command begins its own."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def books_to_falsify(books):
    """The books, and a transaction that is undone."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def verify(*arguments):
    output = StringIO()
    call_command("verify_ledger", *arguments, stdout=output)
    return json.loads(output.getvalue())


def broken():
    return {finding.invariant.name: finding for finding in check(INVARIANTS, now=timezone.now()) if finding.violations}


def assert_names_the_rows(finding, tampering, ids):
    assert {row["table"] for row in finding.rows} == {tampering.table}
    assert {row["id"] for row in finding.rows} == ids


def test_true_books_are_proved(books):
    proof = verify()
    assert proof["ok"] is True
    assert [each["name"] for each in proof["invariants"] if not each["ok"]] == []
    assert {tuple(each) for each in proof["invariants"]} == {("id", "name", "sentence", "ok", "violations", "rows")}


def test_the_figures_add_up(books):
    figures = verify()["figures"]
    assert (figures["purchases"], figures["refunds"], figures["conflicts"], figures["entries"]) == (12, 5, 1, 48)
    assert (figures["refunds_parked"], figures["refunds_refused"]) == (1, 1)
    went = sum(figures[kind] for kind in ("redeemed", "reversed", "expired"))
    came = sum(figures[kind] for kind in ("issued", "restored", "adjusted"))
    assert came - went == figures["outstanding"] > 0
    assert figures["outstanding"] == figures["available"] + figures["pending"] + figures["held"] - figures["owed"]
    assert (figures["evaluations_pending"], figures["evaluations_overdue"], figures["evaluations_failed"]) == (0, 0, 0)


def test_false_books_end_in_exit_code_one(books):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE credits_account SET owed = owed + 1 WHERE available = 0")
    try:
        output = StringIO()
        with pytest.raises(SystemExit) as stop:
            call_command("verify_ledger", stdout=output)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE credits_account SET owed = owed - 1 WHERE owed > 0")
    proof = json.loads(output.getvalue())
    (wrong,) = [each for each in proof["invariants"] if not each["ok"]]
    assert (stop.value.code, proof["ok"]) == (1, False)
    assert (wrong["id"], wrong["name"], wrong["violations"]) == ("I-03", "account_sums", 1)
    assert all(row["found"] == row["expected"] - 1 for row in wrong["rows"])


def test_the_proof_sees_one_moment_whatever_others_do_meanwhile(books):
    other = connection.copy()
    with one_snapshot():
        before = broken()
        with other.cursor() as cursor:
            cursor.execute("UPDATE credits_account SET owed = owed + 1 WHERE available = 0")
        during = broken()
    after = broken()
    with other.cursor() as cursor:
        cursor.execute("UPDATE credits_account SET owed = owed - 1 WHERE owed > 0")
    other.close()
    assert (list(before), list(during), list(after)) == ([], [], ["account_sums"])


def test_the_proof_cannot_write(books):
    with pytest.raises(InternalError, match="read-only"), one_snapshot(), connection.cursor() as cursor:
        cursor.execute("UPDATE credits_account SET owed = owed + 1 WHERE available = 0")


def test_it_says_which_tables_it_reads(books):
    tables = verify("--list-tables")
    assert {"credits_account", "credits_entry", "credits_lot", "rewards_evaluation", "referrals"} <= set(tables)
    assert tables == tables_read([each.sql for each in (*INVARIANTS, *FIGURES)])


@pytest.mark.django_db  # One test with the plugin's mark, or it makes no database when this file runs alone.
def test_every_invariant_has_its_own_name_and_a_falsification():
    names = [invariant.name for invariant in INVARIANTS]
    assert len(set(names)) == len(names)
    assert {tampering.breaks for tampering in ALL} == set(names)


@pytest.mark.parametrize("tampering", DATABASE, ids=str)
def test_a_guard_that_is_gone_is_missed(books_to_falsify, tampering):
    tampering.do()
    findings = broken()
    assert list(findings) == [tampering.breaks]
    (row,) = findings[tampering.breaks].rows
    assert row.items() >= {"table": tampering.table, **tampering.row}.items()


@pytest.mark.parametrize("tampering", [*WHO, *HOW_MUCH, *HOW_SPENT, *WHY, *ACTIVITIES, *REFUNDS, *DELIVERIES], ids=str)
def test_a_falsified_row_is_named_by_the_invariant_that_it_breaks_and_by_no_other(books_to_falsify, tampering):
    ids = tampering.do()
    findings = broken()
    assert list(findings) == [tampering.breaks]
    assert_names_the_rows(findings[tampering.breaks], tampering, ids)


@pytest.mark.parametrize("tampering", [*AND_MORE, *AND_MORE_OF_DELIVERIES], ids=str)
def test_a_row_that_breaks_several_invariants_is_named_by_each(books_to_falsify, tampering):
    ids = tampering.do()
    findings = broken()
    assert len(findings) > 1
    assert_names_the_rows(findings[tampering.breaks], tampering, ids)


def test_only_the_first_rows_are_shown_but_all_are_counted(books_to_falsify):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO referrals_inboundevent (merchant_id, source, event_id, order_id, content_hash, received_at,"
            " refused, conflict_count) SELECT id, 'api', n, 'ghost', '', now(), false, 0"
            " FROM referrals_merchant, generate_series(1, 50) AS n"
        )
    finding = broken()["events_have_purchases"]
    assert (finding.violations, len(finding.rows)) == (50, ROWS_SHOWN)
