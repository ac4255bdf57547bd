"""One mug is left, and 64 customers want it at the same moment: one has it, and nobody else loses a thing."""

import pytest
from django.utils import timezone

from credits.models import Account
from fulfillment.models import Redemption
from referrals.services.api_keys import issue_api_key
from tests.concurrency.web import at_the_same_moment, web_server
from tests.fulfillment.desk import COST, Desk, stock_of

pytestmark = pytest.mark.django_db(transaction=True)
CUSTOMERS = 64
ROUNDS = 5
SUMS = ("customer__external_id", "available", "pending", "held", "owed", "event_sequence")


def many_rounds(rounds, folder):
    desk = Desk(now=timezone.now())
    _, key = issue_api_key(merchant=desk.merchant, name="Shop")
    names = [f"customer-{number}" for number in range(CUSTOMERS)]
    for name in names:
        desk.customer(name, points=COST * rounds)
    with web_server(folder) as port:
        for number in range(rounds):
            one_round(desk, port, key, names, f"mug-{number}")


def one_round(desk, port, key, names, code):
    mug = desk.option(code, stock_quantity=1, needs_approval=True)
    before = balances()

    answers = at_the_same_moment(port, [a_call(key, name, code) for name in names])

    statuses = [status for status, _ in answers]
    assert sorted(statuses) == [201] + [409] * (CUSTOMERS - 1), answers
    assert {body["code"] for status, body in answers if status == 409} == {"sold_out"}
    winner = names[statuses.index(201)]
    assert Redemption.objects.get(option=mug).customer.external_id == winner
    after = balances()
    assert after.pop(winner)[:3] == (before[winner][0] - COST, 0, before.pop(winner)[2] + COST)
    assert after == before
    assert stock_of(mug) == 0


def a_call(key, name, code):
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": f"{name}-{code}"}
    return "/api/v1/rewards/redeem", {"customerId": name, "rewardId": code}, headers


def balances():
    return {name: tuple(sums) for name, *sums in Account.objects.values_list(*SUMS)}


@pytest.mark.timeout(400)
def test_64_customers_want_the_last_mug_and_one_has_it(tmp_path):
    many_rounds(ROUNDS, tmp_path)
