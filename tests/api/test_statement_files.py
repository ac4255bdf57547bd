"""Statements as files: safe to open in a spreadsheet, and never held as a whole."""

import csv
import gc
import io
import json
import tracemalloc

import pytest

from tests.api.caller import assert_problem
from tests.api.test_statement import EXPORT, earn, exported

pytestmark = pytest.mark.django_db

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\uff1d1+1", "\uff201"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_spreadsheet_runs_nothing_of_an_export(till, text):
    till.earn(5, reference=text, description=text)
    (row,) = csv.DictReader(io.StringIO(exported(till.api)))
    assert (row["remark"], row["reference"], row["points"]) == (f"'{text}", f"'{text}", "5")
    assert not any(value.startswith(("=", "+", "-", "@", "\t", "\r")) for value in row.values())


def test_an_export_says_what_the_statement_says(till):
    till.earn(5, reference='quotes " and, commas')
    till.redeem(2)
    rows = list(csv.DictReader(io.StringIO(exported(till.api))))
    lines = till.lines()
    assert json.loads(exported(till.api, "json"))["entries"] == lines
    assert [(row["id"], row["points"], row["sentence"]) for row in rows] == [
        (line["id"], str(line["points"]), line["sentence"]) for line in lines
    ]
    answer = till.api.get(EXPORT, headers={"Accept": "text/csv"})
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/csv; charset=utf-8", "no-store")
    assert answer["Content-Disposition"] == 'attachment; filename="statement.csv"'
    assert_problem(till.api.get(f"{EXPORT}?as=xlsx"), 400, "invalid_parameter")


def held():
    """How much memory is in use, without what nobody refers to any more."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def test_an_export_of_10000_rows_is_never_held_as_a_whole(till, shop):
    earn(shop, 1, times=10_000)
    till.api.get(EXPORT)
    tracemalloc.start()
    parts = iter(till.api.get(EXPORT).streaming_content)
    rows = sum(next(parts).count(b"\n") for _ in range(3))
    soon = held()
    rows += sum(next(parts).count(b"\n") for _ in range(3))
    later, peak = held(), tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert later - soon < 100_000
    assert peak < 8_000_000
    assert rows + sum(part.count(b"\n") for part in parts) == 10_001
