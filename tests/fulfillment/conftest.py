"""What the tests of the top floor share."""

from datetime import timedelta

import pytest

from config.lib.proof import check
from credits.services import proof as credits_proof
from fulfillment.services import proof
from fulfillment.services.webhooks.endpoints import create_endpoint
from fulfillment.services.webhooks.fan_out import fan_out
from tests.factories.referrals import NOON
from tests.fulfillment.desk import Desk
from tests.fulfillment.outbox import read_to_the_end
from tests.fulfillment.receivers import Receiver, says


@pytest.fixture
def desk(db):
    """A desk; and whatever is done at it, the books are right afterwards."""
    yield Desk()
    assert_delivered_as_promised()


def assert_delivered_as_promised():
    """Every rule of the ledger, and of what is redeemed by it, holds."""
    invariants = (*credits_proof.INVARIANTS, *proof.INVARIANTS)
    broken = [finding for finding in check(invariants, now=NOON + timedelta(days=60)) if finding.violations]
    assert not broken, [(finding.invariant.name, finding.rows) for finding in broken]


@pytest.fixture
def loopback_allowed(settings):
    settings.OUTBOUND_LOOPBACK_ALLOWED = True


@pytest.fixture
def receiver(loopback_allowed):
    """Make servers that answer in some way; they are gone after the test."""
    made = []

    def make(answer=says(204)):  # noqa: B008 (it keeps nothing)
        made.append(Receiver(answer))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def listening(receiver):
    """Make a server, and an endpoint of a merchant that leads to it."""

    def make(merchant, answer=says(204), events=("*",)):  # noqa: B008 (it keeps nothing)
        server = receiver(answer)
        endpoint = create_endpoint(merchant=merchant, url=server.url, events=events, description="", now=NOON)
        return server, endpoint

    return make


@pytest.fixture
def relay():
    """Make deliveries of all that happened."""

    def run(now=NOON):
        read_to_the_end(lambda: fan_out(now=now), "webhooks")

    return run
