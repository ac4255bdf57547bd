"""E-mails are verified while what waits for them is being evaluated."""

from functools import partial

import pytest
from django.utils import timezone

from credits.models import Lot
from referrals.models import Customer
from rewards.services.confirmations import confirm_email
from tests.concurrency.together import at_once
from tests.concurrency.trade import open_shop, scatter

pytestmark = pytest.mark.django_db(transaction=True)
FRIENDS = 24
POLICY = {
    "trigger": "referral.joined",
    "beneficiary": "referrer",
    "give": {"points": {"fixed": 500, "pending_until": "email_verified"}},
}


def confirm(name):
    confirm_email(customer=Customer.objects.get(external_id=name), now=timezone.now())


def test_nothing_is_left_waiting_and_nothing_is_let_go_twice(transactional_db, evaluators):
    shop = open_shop(bonus=POLICY)
    code = shop.referrer("alice")
    for number in range(FRIENDS):
        shop.enrol(f"friend-{number}", code=code)
    scatter()
    at_once(partial(evaluators.work, size=2), *[partial(confirm, f"friend-{number}") for number in range(FRIENDS)])
    assert not Lot.objects.filter(waiting_for="email").exists()
    assert shop.points("alice") == FRIENDS * 500
