"""Whoever redeems or fulfils dies between any two steps of it: it is done wholly or not at all, and once in the end."""

import json
import signal
import subprocess
import sys

import pytest
from django.utils import timezone

from fulfillment.models import Redemption, RepairReward
from referrals.services.api_keys import issue_api_key
from tests.concurrency.processes import PATIENCE_SECONDS, PROJECT, environment
from tests.fulfillment.desk import Desk, spent, status_of, stock_of, sums

pytestmark = pytest.mark.django_db(transaction=True)

# The names of RELIABILITY 2.1, in the order in which these steps are taken here.
REDEEM = {
    "r1 the call is new": (("after", "referrals_idempotencyrecord"), False),
    "r2 the account is locked": (("before", '"fulfillment_redemption"'), False),
    "r4 the points are held": (("after", 'INSERT INTO "credits_heldlot"'), False),
    "r3 the stock is taken": (("after", 'UPDATE "rewards_rewardoption"'), False),
    "r5 the redemption is written": (("after", 'INSERT INTO "fulfillment_redemption"'), False),
    "r6 the events are written": (("before", 'INSERT INTO "referrals_idempotencyrecord"'), False),
    "r7 before the commit": (("before", "commit"), False),
    "r8 after the commit": (("after", "commit"), True),
    "r9 in the middle of the answer": (("after", "answer"), True),
}
FULFIL = {
    "f1 the redemption is locked": (("after", 'FOR UPDATE OF "fulfillment_redemption"'), False),
    "f2 the repair has its reward": (("after", 'INSERT INTO "fulfillment_repairreward"'), False),
    "f3 the hold is taken": (("after", 'UPDATE "credits_hold"'), False),
    "f4 before the commit": (("before", "commit"), False),
    "f5 after the commit": (("after", "commit"), True),
}


@pytest.fixture
def doomed():
    """Does things in processes that are killed in the middle."""
    words = [sys.executable, "-m", "tests.concurrency.doomed"]
    process = subprocess.Popen(
        words, cwd=PROJECT, env=environment(), text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == "ready\n"

    def do(what, *given, place=None):
        process.stdin.write(json.dumps({"do": what, "with": given, "place": place}) + "\n")
        process.stdin.flush()
        return json.loads(process.stdout.readline())

    yield do
    process.communicate(timeout=PATIENCE_SECONDS)


def kill_redeemers(do, times):
    """A customer redeems a mug, and the process dies at each place, so many times; then the call is sent again."""
    desk = Desk(now=timezone.now())
    _, key = issue_api_key(merchant=desk.merchant, name="Shop")
    total = times * len(REDEEM)
    alice, mug = desk.customer(points=100 * total), desk.option(stock_quantity=total, needs_approval=True)
    body = {"customerId": "alice", "rewardId": "mug"}
    for number in range(total):
        (place, is_done), call = list(REDEEM.values())[number % len(REDEEM)], (key, f"call-{number}", body)
        before = 100 * number

        assert do("redeem", *call, place=place)["signal"] == signal.SIGKILL, place

        assert_held(desk, alice, mug, total, before + 100 * is_done)
        answers = [json.loads(do("redeem", *call)["said"]) for _ in range(2)]
        assert answers[0] == answers[1], place
        assert answers[0]["points_cost"] == 100, answers
        assert_held(desk, alice, mug, total, before + 100)


def assert_held(desk, alice, mug, total, points):
    """So many points are held for so many mugs, and nothing else has happened."""
    expected = {"available": 100 * total - points, "held": points}
    assert sums(alice) == {name: amount for name, amount in expected.items() if amount}
    assert stock_of(mug) == total - points // 100
    assert Redemption.objects.count() == points // 100


def kill_technicians(do, times):
    """A technician applies a reward to a repair, and the process dies at each place; then it is said again."""
    desk = Desk(now=timezone.now())
    option = desk.option("half-off", "repair_discount", discount="percentage", value=50, needs_technician=True)
    alice, tina = desk.customer(points=100 * times * len(FULFIL)), desk.technician(capacity=1000)
    for number in range(times * len(FULFIL)):
        place, is_done = list(FULFIL.values())[number % len(FULFIL)]
        redemption, record = desk.redeem(alice, option), desk.repair(alice, f"repair-{number}")
        desk.dispatch()
        told = (str(desk.job(redemption).uuid), tina.pk, (record.reference, 100_00))

        assert do("complete", *told, place=place)["signal"] == signal.SIGKILL, place

        assert (status_of(redemption), len(spent(alice))) == (
            ("fulfilled", number + 1) if is_done else ("approved", number)
        ), place
        assert [do("complete", *told)["said"] for _ in range(2)] == ["done", "done"], place
        assert (status_of(redemption), spent(alice)) == ("fulfilled", [-100] * (number + 1))
        assert RepairReward.objects.get(service_record=record).redemption == redemption


def test_a_redemption_that_was_cut_short_anywhere_is_made_once_or_not_at_all(doomed):
    kill_redeemers(doomed, times=1)


def test_a_job_that_was_cut_short_anywhere_is_paid_once_or_not_at_all(doomed):
    kill_technicians(doomed, times=1)
