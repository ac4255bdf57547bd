"""The report of what is owed to customers: who reads it, what it says, and what is exported."""

import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from config.lib.spreadsheets import as_csv
from referrals.services.staff import Role
from tests.factories.credits import AccountFactory, EntryFactory, LotFactory, WalletFactory

pytestmark = pytest.mark.django_db(transaction=True)  # A report is one snapshot, which begins its own transaction.
MAY_REPORT = (Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR)
each_role = pytest.mark.parametrize("role", list(Role))


@pytest.fixture
def wallet(own):
    """Ours, in which a point is worth two cents."""
    return WalletFactory(merchant=own, point_value="2")


def url_of(wallet):
    return reverse("admin:credits_wallet_liability", args=[wallet.pk])


def this_year():
    today = timezone.now().date()
    return {"start": f"{today:%Y}-01-01", "end": today + timedelta(days=1)}


def earned(wallet, points):
    account = AccountFactory(customer__merchant=wallet.merchant, wallet=wallet)
    now = timezone.now()
    entry = EntryFactory(account=account, points=points, occurred_at=now, posted_at=now)
    return LotFactory(entry=entry, earned_at=now, active_at=now)


@each_role
def test_only_some_roles_read_and_export_it(client, as_role, wallet, role):
    as_role(role)
    may = role in MAY_REPORT

    assert client.get(url_of(wallet)).status_code == (200 if may else 403)
    assert client.post(url_of(wallet), this_year()).status_code == (200 if may else 403)
    assert (url_of(wallet) in client.get(reverse("admin:credits_wallet_changelist")).text) == may
    assert ("What is owed to customers" in client.get(reverse("admin:index")).text) == may


def test_that_of_another_merchant_is_not_found(client, as_role):
    as_role(Role.PROGRAMME_MANAGER)
    theirs = WalletFactory()

    assert client.get(url_of(theirs)).status_code == 404
    assert client.post(url_of(theirs), this_year()).status_code == 404


def test_a_report_says_its_figures_and_its_method_and_leads_to_the_rows(client, as_role, wallet):
    lot = earned(wallet, 150)
    as_role(Role.PROGRAMME_MANAGER)

    page = client.get(url_of(wallet), this_year())

    by_age, _, moved = page.context["tables"]
    available = by_age.with_links()[0][1]
    came = moved.with_links()[1][1]
    assert "$3.00" in page.text
    assert "Expected to lapse: of the points that could expire" in page.text
    for link in (available, came):
        assert ">150</a>" in link
        rows = client.get(link.split('"')[1].replace("&amp;", "&")).context["cl"].queryset
        assert [row.pk for row in rows] == [lot.pk]


def test_without_a_history_nothing_is_made_up(client, as_role, wallet):
    lot = earned(wallet, 150)
    lot.expires_at = timezone.now() + timedelta(days=1)
    lot.save()
    as_role(Role.PROGRAMME_MANAGER)

    by_age, *_ = client.get(url_of(wallet)).context["tables"]

    assert by_age.plain()[2][-3:] == ["unknown"] * 3


@pytest.mark.parametrize("days", [("2026-02-01", "2026-02-01"), ("yesterday", "2026-02-01"), ("2026-02-01", "")])
def test_a_period_that_is_none_is_refused_beside_its_field(client, as_role, wallet, days):
    as_role(Role.PROGRAMME_MANAGER)

    page = client.get(url_of(wallet), dict(zip(("start", "end"), days, strict=True)))

    assert page.status_code == 200
    assert page.context["form"].errors
    assert page.context["report"] is None


def test_an_export_is_recorded_and_runs_no_formula(client, as_role, own, wallet):
    own.name = "=Our Orchard"
    own.save()
    earned(wallet, 150)
    manager = as_role(Role.PROGRAMME_MANAGER)

    answer = client.post(url_of(wallet), this_year())

    rows = list(csv.reader(StringIO(answer.content.decode(), newline="")))
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="liability-')
    assert rows[0] == ["Merchant", "'=Our Orchard"]
    assert ["Earned", "150", "0", "", ""] in rows
    assert ["Closing", "", "", "150", "3.00"] in rows
    (told,) = LogEntry.objects.all()
    assert (told.user, told.object_id) == (manager, str(wallet.pk))
    assert "Exported what is owed to customers" in told.get_change_message()


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_quoted(text):
    (read,) = csv.reader(StringIO(as_csv([[text, -5, 'says "a, b"']]), newline=""))
    assert read == [f"'{text}", "-5", 'says "a, b"']


def test_lines_of_a_file_end_as_its_standard_says():
    assert as_csv([["a", 1], ["b", 2]]) == "a,1\r\nb,2\r\n"
