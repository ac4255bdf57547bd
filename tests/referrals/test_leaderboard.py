"""Who brought most friends, among those who chose to be seen."""

from datetime import timedelta

import pytest

from referrals.models import Consent, LeaderboardAlias
from referrals.selectors.leaderboard import read_leaderboard
from referrals.services.aliases import AliasNotAllowed, AliasTaken, choose_alias, leave_leaderboard
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory, ReferralCodeFactory, ReferralFactory
from tests.factories.sharing import LeaderboardAliasFactory

pytestmark = pytest.mark.django_db
WORDS = "Others may see this name."


@pytest.fixture
def shop():
    return MerchantFactory(time_zone="Europe/Berlin")


def referrer(shop, alias, *days_ago, status="qualified"):
    """A customer who is on the leaderboard, and brought a friend on each of these days."""
    code = ReferralCodeFactory(customer__merchant=shop)
    if alias:
        LeaderboardAliasFactory(customer=code.customer, alias=alias)
    for days in days_ago:
        at = NOON - timedelta(days=days)
        ReferralFactory(referral_link=code, status=status, joined_at=at, qualified_at=at)
    return code.customer


def places(shop, period="ever", **more):
    found = read_leaderboard(merchant=shop, period=period, now=NOON, **more)
    return [(place.rank, place.alias, place.friends) for place in found]


def test_equals_share_a_place_the_next_are_left_out_and_who_came_so_far_first_stands_first(shop):
    referrer(shop, "Late", 5, 1)
    referrer(shop, "Most", 9, 8, 7)
    referrer(shop, "Early", 4, 3)
    referrer(shop, "One", 2)
    assert places(shop) == [(1, "Most", 3), (2, "Early", 2), (2, "Late", 2), (4, "One", 1)]


def test_only_who_chose_to_be_seen_is_and_only_purchases_that_stand_count(shop):
    referrer(shop, "", 1, 2, 3)
    referrer(shop, "Back", 1, status="reversed")
    referrer(MerchantFactory(), "Elsewhere", 1)
    referrer(shop, "Seen", 1)
    assert places(shop) == [(1, "Seen", 1)]


def test_periods_are_those_of_the_merchants_calendar(shop):
    referrer(shop, "Alice", 0, 4, 5, 19, 20, 323, 324, 400)  # NOON is a Friday, 20 November.
    assert [places(shop, period)[0][2] for period in ("week", "month", "year", "ever")] == [2, 4, 6, 8]


def test_somebody_far_down_finds_their_own_place_too(shop):
    for n in range(3):
        referrer(shop, f"Star {n}", 1, 2)
    mine = referrer(shop, "Myself", 3)
    assert places(shop, limit=2, customer_id=mine.pk)[-1] == (4, "Myself", 1)
    assert len(places(shop, limit=2)) == 2


@pytest.mark.parametrize(
    "wanted", ["ab", "x" * 31, "", "-- --", "S H I T", "sh1t", "Admin", "a@b.example", "<b>bold</b>"]
)
def test_nobody_may_be_called_so(shop, wanted):
    with pytest.raises(AliasNotAllowed):
        choose_alias(customer=CustomerFactory(merchant=shop), wanted=wanted, consent=WORDS, now=NOON)


def test_an_alias_is_one_persons_and_goes_when_they_leave(shop):
    alice, bob = (CustomerFactory(merchant=shop) for _ in range(2))
    choose_alias(customer=alice, wanted=" Straße  7 ", consent=WORDS, now=NOON)
    with pytest.raises(AliasTaken):
        choose_alias(customer=bob, wanted="STRASSE 7", consent=WORDS, now=NOON)
    choose_alias(customer=alice, wanted="Swift", consent=WORDS, now=NOON)
    leave_leaderboard(customer=alice, consent=WORDS, now=NOON)
    assert not LeaderboardAlias.objects.exists()
    assert list(Consent.objects.order_by("id").values_list("customer", "is_given")) == [
        (alice.pk, True),
        (alice.pk, True),
        (alice.pk, False),
    ]
