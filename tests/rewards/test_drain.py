"""`drain`: it works, waits, and says what is left."""

import json
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from rewards.models import Evaluation, EvaluationState
from rewards.models.evaluations import shard_of
from tests.factories.credits import WalletFactory
from tests.factories.referrals import PurchaseFactory
from tests.factories.rewards import EvaluationFactory

pytestmark = pytest.mark.django_db


def drain(*options):
    output, code = StringIO(), 0
    try:
        call_command("drain", *options, stdout=output)
    except SystemExit as stop:
        code = stop.code
    return code, json.loads(output.getvalue())


def work_order(**columns):
    purchase = PurchaseFactory()
    WalletFactory(merchant=purchase.merchant)
    pending = {"state": EvaluationState.PENDING, "decision": None, "evaluated_at": None}
    return EvaluationFactory(purchase=purchase, shard=shard_of(purchase.customer_id), **{**pending, **columns})


def test_it_evaluates_what_is_pending():
    order = work_order()
    code, outcome = drain("--timeout", "30", "--json")
    assert (code, outcome["drained"], outcome["pending"], outcome["failed"]) == (0, True, 0, 0)
    order.refresh_from_db()
    assert order.state == EvaluationState.DONE


def test_with_nothing_to_do_it_is_done():
    code, outcome = drain("--timeout", "0")
    assert (code, outcome["drained"]) == (0, True)


def test_it_waits_for_what_is_due_later():
    work_order(due_at=timezone.now() + timedelta(seconds=1))
    code, outcome = drain("--timeout", "30")
    assert (code, outcome["pending"]) == (0, 0)
    assert outcome["seconds"] >= 0.2


def test_when_the_time_is_over_it_says_how_much_is_left():
    for _ in range(2):
        work_order(due_at=timezone.now() + timedelta(hours=1))
    code, outcome = drain("--timeout", "0.2")
    assert (code, outcome["drained"], outcome["pending"]) == (1, False, 2)
    assert outcome["seconds"] >= 0.2


def test_what_has_failed_is_not_pending_but_told():
    EvaluationFactory(failed=True)
    code, outcome = drain()
    assert (code, outcome["pending"], outcome["failed"]) == (0, 0, 1)


@pytest.mark.django_db(transaction=True)
def test_it_waits_for_work_that_another_worker_holds():
    order = work_order()
    other = connection.copy()
    other.inc_thread_sharing()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("SELECT FROM rewards_evaluation WHERE id = %s FOR UPDATE", [order.pk])
    release = threading.Timer(1, other.rollback)
    release.start()
    code, outcome = drain("--timeout", "30")
    release.join()
    other.close()
    assert (code, outcome["pending"], Evaluation.objects.get().state) == (0, 0, EvaluationState.DONE)
    assert outcome["seconds"] >= 0.2
