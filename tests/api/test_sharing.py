"""Where links may lead, and who brought most friends, for a merchant's own pages."""

import pytest

from tests.api.caller import assert_problem
from tests.factories.referrals import NOON, DestinationFactory, ReferralCodeFactory, ReferralFactory
from tests.factories.sharing import LeaderboardAliasFactory

pytestmark = pytest.mark.django_db


def test_destinations_are_listed_page_by_page(api, shop):
    made = [DestinationFactory(merchant=shop, is_open=bool(n)) for n in range(3)]
    DestinationFactory()
    first = api.get("/api/v1/destinations?limit=2").json()
    second = api.get(f"/api/v1/destinations?limit=2&cursor={first['next']}").json()
    listed = first["destinations"] + second["destinations"]
    assert [(each["slug"], each["is_open"]) for each in listed] == [(each.slug, each.is_open) for each in made]
    assert listed[0] == {
        "id": str(made[0].uuid),
        "slug": made[0].slug,
        "kind": "meal_plan",
        "title": "Green weeks",
        "description": "",
        "picture_url": "",
        "url": made[0].url,
        "is_open": False,
    }
    assert second["next"] is None


def test_the_leaderboard_tells_aliases_and_nothing_else(api, shop):
    code = ReferralCodeFactory(customer__merchant=shop)
    LeaderboardAliasFactory(customer=code.customer, alias="Swift")
    ReferralFactory(referral_link=code, status="qualified", qualified_at=NOON)
    assert api.get("/api/v1/leaderboard?period=ever").json() == {
        "period": "ever",
        "places": [{"rank": 1, "alias": "Swift", "friends": 1}],
    }


@pytest.mark.parametrize("path", ["destinations?limit=201", "destinations?cursor=x", "leaderboard?period=day"])
def test_a_question_that_makes_no_sense_is_refused(api, path):
    assert_problem(api.get(f"/api/v1/{path}"), 400, "invalid_parameter")
