"""Every race of the tests of concurrency, round after round."""

import pytest

from tests.concurrency import test_evaluation, test_intake, test_referrals, test_refunds

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]

for races in (test_evaluation, test_intake, test_referrals, test_refunds):
    globals().update({name: race for name, race in vars(races).items() if name.startswith("test_")})
