"""E-mails are verified while what waits for them is being evaluated."""

from functools import partial

import pytest
from django.utils import timezone

from credits.models import Lot
from referrals.models import Customer
from rewards.models import Grant
from rewards.services.confirmations import confirm_email
from tests.concurrency.processes import EVALUATOR, is_taking_time, slow_inserts, wait_until
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


def test_a_referrer_whose_email_is_verified_while_friends_bring_them_meals_stands_in_nobodys_way(shop, evaluators):
    code = shop.referrer("alice")
    for number in range(FRIENDS):
        shop.accept(shop.event(number, customer=f"friend-{number}", referral_code=code))

    def confirm_meanwhile():
        assert wait_until(lambda: is_taking_time(EVALUATOR))
        confirm("alice")

    with slow_inserts("credits_entry", 0.2):
        at_once(partial(evaluators.work, size=12), confirm_meanwhile)
    assert Grant.objects.filter(customer__external_id="alice").count() == FRIENDS
