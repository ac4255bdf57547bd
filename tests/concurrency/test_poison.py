"""One purchase that cannot be evaluated does not stop the others."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from referrals.models import Purchase
from rewards.models import Evaluation, EvaluationState
from rewards.services.evaluation.queue import ATTEMPTS_MAX, BACKOFF, run_again
from rewards.services.evaluation.run import evaluate_due
from tests.concurrency.trade import POINTS_A_PURCHASE, pending

pytestmark = pytest.mark.django_db(transaction=True)
GOOD_LINES = '[{"sku": "SOUP", "quantity": 1, "unit_price": 1250, "category": "meals"}]'
DAMAGED_LINES = ['[{"sku": "SOUP"}]', '{"sku": "SOUP"}', '[{"sku": 7, "quantity": "many", "unit_price": null}]']


@pytest.mark.parametrize("lines", DAMAGED_LINES)
def test_19_of_20_are_done_and_the_poisoned_one_waits_for_staff_after_five_attempts(shop, lines):
    shop.accept(*[shop.event(number) for number in range(20)])
    write_lines("order-7", lines)
    now = datetime(2100, 1, 1, tzinfo=UTC)
    evaluate_all_due(now)
    assert pending() == 1
    assert shop.points("bob") == 19 * POINTS_A_PURCHASE
    for attempt in range(1, ATTEMPTS_MAX):
        evaluation = Evaluation.objects.get(state=EvaluationState.PENDING)
        wait = BACKOFF * 2**attempt
        assert (evaluation.attempts, evaluation.due_at) == (attempt, now + wait)
        assert evaluate_due(now=now + wait - timedelta(seconds=1)) == 0
        now += wait
        assert evaluate_due(now=now) == 1
    failed = Evaluation.objects.get(state=EvaluationState.FAILED)
    assert failed.attempts == ATTEMPTS_MAX
    assert failed.failure.startswith("ValidationError: ")
    assert evaluate_due(now=now + timedelta(days=1)) == 0

    write_lines("order-7", GOOD_LINES)
    assert run_again(evaluation_ids=[failed.pk], now=now) == 1
    evaluate_all_due(now)
    assert shop.points("bob") == 20 * POINTS_A_PURCHASE


@pytest.mark.parametrize("sqlstate", ["54000", "57014"], ids=["a limit", "a timeout"])
def test_a_purchase_that_is_too_much_for_the_database_is_set_aside_too(shop, sqlstate):
    shop.accept(*[shop.event(number) for number in range(20)])
    now = timezone.now()
    with refused_entries("order-7", sqlstate):
        evaluate_all_due(now)
    assert shop.points("bob") == 19 * POINTS_A_PURCHASE
    poisoned = Evaluation.objects.get(state=EvaluationState.PENDING)
    assert poisoned.attempts == 1
    assert poisoned.failure.startswith("OperationalError: no more")
    evaluate_all_due(poisoned.due_at)
    assert shop.points("bob") == 20 * POINTS_A_PURCHASE


@pytest.mark.parametrize("sqlstate", ["40P01", "55P03", "57P01"], ids=["a deadlock", "a lock timeout", "a shutdown"])
def test_an_interruption_is_no_attempt(shop, sqlstate):
    shop.accept(*[shop.event(number) for number in range(20)])
    now = timezone.now()
    with refused_entries("order-7", sqlstate), pytest.raises(OperationalError, match="no more"):
        evaluate_due(now=now)
    assert list(Evaluation.objects.values_list("state", "attempts").distinct()) == [("pending", 0)]
    evaluate_all_due(now)
    assert shop.points("bob") == 20 * POINTS_A_PURCHASE


@contextmanager
def refused_entries(order_id, sqlstate):
    """While this lasts, the database refuses whatever a purchase earns, with an error of its own."""
    purchase = Purchase.objects.get(order_id=order_id)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql
            AS $$BEGIN RAISE EXCEPTION 'no more' USING ERRCODE = '{sqlstate}'; END$$;
            CREATE TRIGGER refuses BEFORE INSERT ON credits_entry FOR EACH ROW
            WHEN (NEW.source_id = {purchase.pk}) EXECUTE FUNCTION refuse();
            """
        )
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION refuse CASCADE")


def evaluate_all_due(now):
    while evaluate_due(now=now):
        pass


def write_lines(order_id, lines):
    """Damage or mend the stored lines of a purchase, past the trigger that keeps them as they are."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE referrals_purchase SET lines = %s WHERE order_id = %s", [lines, order_id])
        assert cursor.rowcount == 1
