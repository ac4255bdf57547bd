"""No page asks the database more often because there is more to show on it."""

import itertools

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.lib.briefly import forget_what_is_shown
from fulfillment.models import Assignment, Redemption
from referrals.models import Customer
from tests.api.caller import evaluate_all
from tests.factories.fulfillment import AssignmentFactory, NoteFactory, NotificationFactory, ServiceRecordFactory
from tests.factories.referrals import DestinationFactory
from tests.factories.rewards import BadgeFactory, CampaignFactory, RewardOptionFactory
from tests.factories.sharing import LeaderboardAliasFactory
from tests.house.authorised_routes import ROUTES

pytestmark = pytest.mark.django_db
HOST = "corner-shop.localhost"
GOAL = {"type": "achievement", "goal": {"measure": "purchases", "target": 500}}
QUERIES_MAX = 25


@pytest.fixture
def grow(shop, api, world):
    """Let there be more of everything that some page lists: of alice, of the technician, and of the shop."""
    alice = Customer.objects.get(external_id="alice")
    technician = Assignment.objects.get(uuid=world["job"]).technician
    numbers = itertools.count(1)

    def more(count):
        for number in itertools.islice(numbers, count):
            friend = f"friend-{number}"
            api.buy(event_id=f"a-{number}", order_id=f"a-{number}", customer={"id": "alice"})
            api.buy(event_id=friend, order_id=friend, customer={"id": friend}, referral_code=world["code"])
            LeaderboardAliasFactory(customer=Customer.objects.get(external_id=friend))
            NotificationFactory(customer=alice)
            ServiceRecordFactory(customer=alice)
            RewardOptionFactory(reward_type__merchant=shop, points_required=number)
            CampaignFactory(merchant=shop, definition=GOAL)
            BadgeFactory(merchant=shop)
            DestinationFactory(merchant=shop)
        evaluate_all()
        for _ in range(count):
            wish = {"customerId": "alice", "rewardId": "teapot"}
            key = {"Idempotency-Key": f"more-{next(numbers)}"}
            assert api.send("POST", "/api/v1/rewards/redeem", wish, headers=key).status_code == 201
            redemption = Redemption.objects.latest("id")
            AssignmentFactory(redemption=redemption, technician=technician)
            NoteFactory(redemption=redemption)

    return more


@pytest.fixture
def count_queries(world):
    """How many queries each page asks, as whoever it opens to."""
    people = {
        "nobody": None,
        "alice": Customer.objects.get(external_id="alice").user,
        "technician": Assignment.objects.get(uuid=world["job"]).technician.user,
    }
    clients = {name: Client(headers={"Host": HOST}) for name in people}
    for name, person in people.items():
        if person is not None:
            clients[name].force_login(person)
    paths = [row.path.format(**world) for row in ROUTES.values() if "GET" in row.methods]
    looks = [(name, path) for name in people for path in paths if not path.startswith(("/api/", "/accounts/"))]

    def count():
        found = {}
        for name, path in looks:
            forget_what_is_shown()
            with CaptureQueriesContext(connection) as asked:
                answer = clients[name].get(path)
            if answer.status_code == 200:
                found[name, path] = len(asked)
        return found

    return count


def test_pages_ask_as_often_for_many_rows_as_for_few(grow, count_queries):
    grow(2)
    few = count_queries()
    grow(8)
    many = count_queries()

    assert len(few) > 40
    assert {look: (few[look], asked) for look, asked in many.items() if asked != few[look]} == {}
    assert {look: asked for look, asked in many.items() if asked > QUERIES_MAX} == {}
