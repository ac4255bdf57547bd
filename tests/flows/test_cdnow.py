"""A real shop's whole log through the product, against a recount by hand.

The log and the rule by which referrals are derived are told in tests/data/cdnow/README.md.
"""

import gzip
import json
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.utils import timezone

from credits.models import Account
from referrals.models import Merchant, Referral
from rewards.models import Grant
from rewards.services.programmes.applying import apply_programme
from rewards.services.programmes.document import open_source
from rewards.services.programmes.reading import read_programme
from rewards.services.trials.backtests import run_next_backtest, start_backtest

DATA = Path(__file__).parents[1] / "data" / "cdnow"
LOG = DATA / "CDNOW_master.txt.gz"
FLOORS = ("referrals", "credits", "rewards", "fulfillment")

pytestmark = pytest.mark.timeout(300)


def run(command, *arguments):
    output = StringIO()
    call_command(command, *arguments, stdout=output)
    return json.loads(output.getvalue())


def import_log():
    return run("import_purchases", str(LOG), "--merchant=cdnow", "--format=cdnow")


# The plugin's own marks would take these tests apart, for it puts tests in order by how they use the database.
@pytest.fixture(scope="module", autouse=True)
def _shop(django_db_setup, django_db_blocker):
    """The shop, with all its purchases imported and evaluated."""
    with django_db_blocker.unblock():
        apply_programme(programme=read_programme(open_source(DATA / "programme.yaml")), now=timezone.now())
        assert import_log() == {"accepted": 69_659, "repeated": 0, "conflict": 0, "invalid": 0}
        assert run("drain", "--timeout=240")["drained"] is True
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def transactional_db(_shop, django_db_blocker):
    """In place of the plugin's own: its name says that there must be a database, even if no other test asks for one."""
    with django_db_blocker.unblock():
        yield


def recount(rate=1):
    """By the log alone and for so many points a dollar: (points, cents spent, purchases, tier), and grants."""
    with gzip.open(LOG, "rt") as log:
        rows = [line.split() for line in log][1:]
    points, spent, purchases, grants = Counter(), Counter(), Counter(), Counter()
    for customer, _, _, dollars in rows:
        points[customer] += int(Decimal(dollars) * rate)
        spent[customer] += int(Decimal(dollars) * 100)
        purchases[customer] += 1
    customers = list(purchases)
    for position in range(6, len(customers), 7):
        friend, referrer = customers[position], customers[position - 6]
        points[referrer] += 50 * sum(purchases[friend] >= number for number in (1, 10, 100))
        grants[referrer] += purchases[friend] >= 10
    balances = {
        customer: (
            points[customer],
            spent[customer],
            purchases[customer],
            tier_by_hand(points[customer], spent[customer], purchases[customer]),
        )
        for customer in customers
    }
    return balances, +grants


def tier_by_hand(points, spent, purchases):
    if spent >= 100_000 and purchases >= 10 and points >= 1_000:
        return "connoisseur"
    return "collector" if spent >= 20_000 and purchases >= 5 else "listener"


def balances():
    columns = ("available", "qualifying_spend", "qualifying_orders", "tier__code")
    return {row[0]: row[1:] for row in Account.objects.values_list("customer__external_id", *columns)}


def everything():
    counts = {
        model.__name__: model.objects.count() for floor in FLOORS for model in apps.get_app_config(floor).get_models()
    }
    return counts, list(Account.objects.order_by("pk").values())


def test_every_balance_is_what_a_recount_by_hand_gives():
    expected, grants = recount()
    assert len(expected) == 23_570
    assert balances() == expected
    assert Counter(Grant.objects.values_list("customer__external_id", flat=True)) == grants
    assert not Account.objects.exclude(pending=0, held=0, owed=0).exists()


def test_every_seventh_customer_was_referred_and_rewarded():
    assert list(Referral.objects.values_list("status").distinct()) == [("rewarded",)]
    assert Referral.objects.count() == 23_570 // 7


def test_a_backtest_of_another_rate_gives_what_a_recount_by_hand_gives():
    merchant = Merchant.objects.get(slug="cdnow")
    rate = {"trigger": "purchase.completed", "beneficiary": "buyer", "give": {"points": {"per_currency_unit": 1.5}}}
    before = everything()
    backtest = start_backtest(
        merchant=merchant, actor="user:1", definitions={"point-a-dollar": rate}, now=timezone.now()
    )

    assert run_next_backtest(clock=timezone.now)

    backtest.refresh_from_db()
    expected, expected_grants = recount(rate=Decimal("1.5"))
    today, grants = recount()
    points = {customer: row[0] for customer, row in expected.items()}
    assert backtest.state == "done"
    assert backtest.totals["after"]["points"] == sum(points.values())
    assert backtest.totals["before"]["points"] == sum(row[0] for row in today.values())
    assert backtest.totals["after"]["grants"] == expected_grants.total() == grants.total()
    gained = {customer: points[customer] - today[customer][0] for customer in points}
    outcomes = backtest.outcomes.values_list("customer__external_id", "points_before", "points_after")
    assert {customer: after - less for customer, less, after in outcomes} == {k: v for k, v in gained.items() if v}
    assert (backtest.totals["winners"], backtest.totals["losers"]) == (outcomes.count(), 0)
    backtest.delete()
    assert everything() == before


def test_the_books_are_proved():
    assert run("verify_ledger")["ok"] is True


def test_importing_again_changes_nothing():
    before = everything()
    assert import_log() == {"accepted": 0, "repeated": 69_659, "conflict": 0, "invalid": 0}
    assert run("drain")["drained"] is True
    assert everything() == before
