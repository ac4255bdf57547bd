"""What the tests of the top floor share."""

from datetime import timedelta

import pytest

from config.lib.proof import check
from credits.services import proof as credits_proof
from fulfillment.services import proof
from tests.factories.referrals import NOON
from tests.fulfillment.desk import Desk


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
