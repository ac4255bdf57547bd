"""The dashboard: its numbers against a small history, its links against the rows, and whose they are."""

import re
from datetime import timedelta
from html import unescape
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone

from config.cockpit import figures
from config.cockpit.figures import figures_for_page, work_out_figures
from config.lib.dates import add_months
from referrals.services.staff import Role
from tests.factories.credits import AccountFactory, EntryFactory
from tests.factories.referrals import (
    ClickFactory,
    CustomerFactory,
    MerchantFactory,
    PurchaseFactory,
    ReferralFactory,
    ShareLinkFactory,
)
from tests.factories.rewards import CampaignFactory, EvaluationFactory

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")


@pytest.fixture
def now():
    return timezone.now()


def month(now, back):
    """Noon of the second day of a month, so many months ago."""
    day = add_months(now.astimezone(ZoneInfo("UTC")).date().replace(day=1), -back)
    return now.replace(year=day.year, month=day.month, day=2, hour=12)


def newcomer(merchant, at, *, stays=False, brought_by=None):
    customer = CustomerFactory(merchant=merchant, created_at=at)
    if brought_by:
        code = {"referral_link": brought_by, "referee": customer, "claimed_at": at, "joined_at": at}
        ReferralFactory(**code, status="qualified", qualified_at=at)
    PurchaseFactory(customer=customer, occurred_at=at)
    if stays:
        PurchaseFactory(customer=customer, occurred_at=at + timedelta(days=30))
    return customer


@pytest.fixture
def history(own, now):
    """A merchant with one who shares by SMS; what is known of them is in the numbers of the tests."""
    account = AccountFactory(customer__merchant=own, customer__created_at=month(now, 8), available=70, owed=0)
    link = ShareLinkFactory(code__customer=account.customer, channel="sms")
    of = {"account": account}
    EntryFactory(**of, points=100, posted_at=month(now, 2))
    EntryFactory(**of, points=50, posted_at=month(now, 2))
    EntryFactory(**of, points=-30, kind="redeemed", posted_at=month(now, 2))
    EntryFactory(**of, points=-20, kind="expired", posted_at=month(now, 1))
    EntryFactory(**of, points=7, posted_at=month(now, 13))
    for stays in (True, True, False):
        newcomer(own, month(now, 4), stays=stays, brought_by=link.code)
    for stays in (True, False, False, False):
        newcomer(own, month(now, 4), stays=stays)
    ClickFactory.create_batch(2, link=link, clicked_at=now, visitor_hash=b"\1" * 32)
    ClickFactory(link=link, clicked_at=now, visitor_hash=b"\2" * 32)
    friend = {"referral_link": link.code, "share_link": link, "claimed_at": now, "joined_at": now}
    ReferralFactory(**friend, referee__created_at=now)
    ReferralFactory(**friend, referee__created_at=now, status="rejected")
    return link.code


def test_points_are_counted_by_the_month_of_their_posting(own, history, now):
    told = {each.month.start.month: each for each in figures_for_page(merchant=own, now=now).months}

    two_ago, one_ago = told[month(now, 2).month], told[month(now, 1).month]
    assert (two_ago.issued, two_ago.redeemed, two_ago.expired) == (150, 30, 0)
    assert (one_ago.issued, one_ago.redeemed, one_ago.expired) == (0, 0, 20)
    assert sum(each.issued for each in told.values()) == 150  # What is older than a year is not told.


def test_growth_is_counted_from_referrals_that_were_not_rejected(own, history, now):
    told = figures_for_page(merchant=own, now=now)

    assert (told.customers, told.visitors, told.joined) == (8, 2, 1)
    assert told.k_factor == 1 / 8
    assert [(each.public_id, each.friends) for each in told.top] == [(history.customer.public_id, 3)]


def test_who_stays_is_told_of_the_brought_and_of_the_others(own, history, now):
    cohorts = figures_for_page(merchant=own, now=now).cohorts

    (told,) = [each for each in cohorts if each.start <= month(now, 4) < each.end]
    assert (told.brought, told.brought_stayed, told.others, told.others_stayed) == (3, 2, 4, 1)
    assert all(each.end + timedelta(days=30) <= now for each in cohorts)


def test_every_number_leads_to_as_many_rows(superuser, own, history, now):
    page = superuser.get(INDEX, {"merchant": own.pk}).text
    for words, url in (
        ("Friends who joined", "referrals/referral/"),
        ("Customers before", "referrals/customer/"),
    ):
        number, rows = behind(superuser, page, words, url)
        assert (words, number) == (words, rows)
    counted = []
    for url, text in re.findall(r'<a href="(/admin/referrals/customer/\?[^"]+)">([\d,]+)(?: \(\d+%\))?</a>', page):
        rows = superuser.get(unescape(url)).context["cl"].result_count
        assert rows == int(text.replace(",", "")), unescape(url)
        counted.append(rows)
    assert {8, 3, 2, 4, 1} <= set(counted)
    (earned,) = re.findall(r'<a href="(/admin/credits/entry/\?[^"]+)">150</a>', page)
    rows = superuser.get(unescape(earned)).context["cl"].queryset
    assert sum(entry.points for entry in rows) == 150


def behind(browser, page, words, url):
    found = re.search(rf'{words}</th><td class="number"><a href="(/admin/{url}\?[^"]+)">(\d+)</a>', page)
    return int(found[2]), browser.get(unescape(found[1])).context["cl"].result_count


def test_what_waits_and_what_is_spent_is_shown_with_its_rows(staff, own, now):
    EvaluationFactory(purchase__customer__merchant=own, failed=True, created_at=now - timedelta(hours=3))
    CampaignFactory(merchant=own, name="Harvest", budget=500, given=120)

    page = staff.get(INDEX).text

    assert behind_queue(staff, page, "state__exact=failed") == 1
    assert "the oldest for 3" in page
    assert '<progress value="120" max="500" aria-label="Harvest">' in page


def behind_queue(browser, page, lookup):
    (url,) = re.findall(rf'<a href="(/admin/rewards/evaluation/\?[^"]*{lookup})">1</a>', page)
    return browser.get(unescape(url)).context["cl"].result_count


def test_staff_see_the_numbers_of_their_merchants_only(staff, own, foreign, now):
    EvaluationFactory(purchase__customer__merchant=foreign, failed=True)
    CampaignFactory(merchant=foreign, name="Vintage", budget=500)

    asked_for = staff.get(INDEX, {"merchant": foreign.pk})

    assert asked_for.context["merchant"] == own
    assert foreign.name not in asked_for.text
    assert "Vintage" not in asked_for.text
    assert all(oldest is None for _, _, oldest in asked_for.context["queues"])


@pytest.mark.parametrize("asked", ["", "x", "0", "1" * 30, "²"])
def test_nonsense_shows_the_first_merchant(staff, own, asked):
    assert staff.get(INDEX, {"merchant": asked}).context["merchant"] == own


def test_whoever_works_for_nobody_sees_no_numbers(client, as_role, own):
    as_role(Role.SUPPORT).merchants.clear()

    assert "cockpit-title" not in client.get(INDEX).text


def test_what_is_owed_is_shown_to_whom_the_report_is(client, as_role, own, history):
    as_role(Role.SUPPORT)
    assert "Owed to customers" not in client.get(INDEX).text
    as_role(Role.PROGRAMME_MANAGER)
    assert "Owed to customers" in client.get(INDEX).text


def test_it_costs_the_same_for_many_rows_and_merchants(superuser, own, history, now, django_assert_max_num_queries):
    for _ in range(20):
        EvaluationFactory(purchase__customer__merchant=own, failed=True)
        CampaignFactory(merchant=own, budget=100)
        MerchantFactory()

    with django_assert_max_num_queries(30):
        assert superuser.get(INDEX, {"merchant": own.pk}).context["figures"] is not None


def test_what_a_page_cannot_wait_for_is_left_to_a_worker(staff, own, history, now, monkeypatch):
    monkeypatch.setattr(figures, "PAGE_MS", 0)
    real = figures.retention
    monkeypatch.setattr(figures, "retention", lambda **asked: slowly() or real(**asked))

    assert figures_for_page(merchant=own, now=now) is None
    assert "being worked out" in staff.get(INDEX).text
    monkeypatch.setattr(figures, "retention", real)
    work_out_figures(merchant=own, now=now)

    assert figures_for_page(merchant=own, now=now).joined == 1
    assert "being worked out" not in staff.get(INDEX).text


def slowly():
    """A statement that takes longer than a page may take here."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.2)")


def test_what_takes_too_long_for_a_worker_is_an_error(own, monkeypatch, now):
    monkeypatch.setattr(figures, "WORKER_MS", 0)
    monkeypatch.setattr(figures, "retention", lambda **asked: slowly())

    with pytest.raises(OperationalError):
        work_out_figures(merchant=own, now=now)
    assert cache.get(f"figures:{own.pk}") is None
