"""Old clicks are forgotten, and their numbers stay: a funnel tells the same before and after."""

from datetime import date, timedelta

import pytest

from referrals.models import Click, ClickDay
from referrals.selectors.funnel import read_funnel, read_own_counts
from referrals.services.click_retention import forget_clicks
from tests.factories.referrals import NOON, ClickFactory, MerchantFactory, ReferralFactory, ShareLinkFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return MerchantFactory(time_zone="America/New_York", clicks_kept_days=30)


@pytest.fixture
def link(shop):
    return ShareLinkFactory(code__customer__merchant=shop)


def click(link, days, visitor=1, **more):
    at = NOON.replace(hour=3, minute=30) - timedelta(days=days)  # In New York it is still the evening before.
    ClickFactory(link=link, visitor_hash=bytes([visitor]) * 32, clicked_at=at, **more)


def funnel(shop, by, days):
    today = date(2026, 11, 20)
    return read_funnel(merchant=shop, by=by, first=today - timedelta(days=days), last=today)


def test_the_numbers_are_the_same_before_and_after(shop, link):
    for days in (0, 29, 30, 31, 31, 90):
        click(link, days)
    click(link, 31, visitor=2, device="computer")
    click(ShareLinkFactory(code=link.code, channel="x"), 60)
    click(ShareLinkFactory(), 400)  # Of another merchant, whose days are other days.
    asked = [(by, days) for by in ("channel", "destination", "link") for days in (30, 31, 32, 33, 91, 100)]
    before, own = [funnel(shop, *each) for each in asked], read_own_counts(customer_id=link.code.customer_id)

    assert [forget_clicks(merchant=shop, now=NOON) for _ in range(2)] == [6, 0]

    assert [funnel(shop, *each) for each in asked] == before
    assert read_own_counts(customer_id=link.code.customer_id) == own
    assert own.clicked == 8
    assert Click.objects.count() == 3
    assert list(
        ClickDay.objects.filter(day=date(2026, 10, 19)).order_by("device").values_list("clicks", "visitors")
    ) == [
        (1, 1),
        (2, 1),
    ]


def test_days_are_forgotten_whole_and_kept_as_long_as_the_merchant_says(shop, link):
    for days in (29, 30):
        click(link, days)
    assert forget_clicks(merchant=shop, now=NOON) == 1
    assert Click.objects.get().clicked_at.day == (NOON - timedelta(days=29)).day


def test_a_purchase_that_was_paid_back_counts_no_more(shop, link):
    for status in ("joined", "qualified", "rewarded", "reversed"):
        reached = None if status == "joined" else NOON
        rewarded = NOON if status in ("rewarded", "reversed") else None
        ReferralFactory(
            referral_link=link.code, share_link=link, status=status, qualified_at=reached, rewarded_at=rewarded
        )
    (step,) = funnel(shop, "channel", 1)
    assert (step.joined, step.bought, step.rewarded) == (4, 2, 1)
    counts = read_own_counts(customer_id=link.code.customer_id)
    assert (counts.joined, counts.bought, counts.rewarded, counts.reversed) == (4, 2, 1, 1)
