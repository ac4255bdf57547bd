"""What cannot be decided stops nothing else: it is set aside, tried again later, and in the end waits for staff."""

from datetime import timedelta

import pytest

from credits.models import Entry
from rewards.models import Evaluation, RewardOption
from rewards.services.evaluation.queue import pending_count, run_again
from rewards.services.evaluation.run import evaluate_due
from tests.rewards.shop import evaluation_of, policy

POISON = "a-gift-that-is-not-there"


@pytest.fixture
def shop(open_shop):
    """Everybody gets points; whoever buys for 66.00 is granted something that does not exist."""
    give = {"grant": {"option": POISON}}
    return open_shop(policy(), policy(give=give, when="purchase.total == 6600"))


def cure(shop):
    RewardOption.objects.filter(pk=shop.meal.pk).update(code=POISON)


def try_again(shop):
    """Let the next attempt become due, and make it."""
    shop.now = Evaluation.objects.filter(state="pending").latest("due_at").due_at
    evaluate_due(now=shop.now)


def test_a_poisoned_purchase_is_set_aside_and_the_others_are_done(shop):
    for number in range(20):
        shop.buys(f"friend-{number}", 66 if number in {3, 11} else 10)
    evaluate_due(now=shop.now)
    done = Evaluation.objects.filter(state="done")
    assert (done.count(), pending_count()) == (18, 2)
    assert {shop.points(f"friend-{number}") for number in (3, 11)} == {0}
    assert Entry.objects.count() == 18


def test_other_purchases_of_the_same_customer_are_done(shop):
    for dollars in (10, 66, 10):
        shop.buys("bob", dollars)
    evaluate_due(now=shop.now)
    assert shop.points("bob") == 200


def test_the_reason_is_kept_and_nothing_is_posted(shop):
    purchase = shop.buys("bob", 66)
    evaluate_due(now=shop.now)
    kept = evaluation_of(purchase)
    assert (kept.state, kept.attempts, kept.decision) == ("pending", 1, None)
    assert kept.failure == f"DoesNotExist: There is no reward option {POISON}."
    assert not Entry.objects.exists()


def test_each_wait_is_twice_the_one_before_and_the_fifth_failure_is_the_last(shop):
    purchase = shop.buys("bob", 66)
    waits = []
    for _ in range(5):
        evaluate_due(now=shop.now)
        kept = evaluation_of(purchase)
        waits.append(kept.due_at - shop.now)
        shop.now = kept.due_at - timedelta(microseconds=1)
        assert evaluate_due(now=shop.now) == 0
        shop.now = kept.due_at
    assert waits == [timedelta(seconds=seconds) for seconds in (4, 8, 16, 32, 64)]
    assert (kept.state, kept.attempts) == ("failed", 5)
    assert evaluate_due(now=shop.now) == 0


def test_what_is_cured_in_time_is_done_at_the_next_attempt(shop):
    purchase = shop.buys("bob", 66)
    evaluate_due(now=shop.now)
    cure(shop)
    try_again(shop)
    assert evaluation_of(purchase).state == "done"
    assert (shop.points("bob"), shop.grants("bob")) == (100, ["issued"])


def test_staff_can_run_again_what_has_failed(shop):
    purchase = shop.buys("bob", 66)
    Evaluation.objects.update(state="failed", attempts=5)
    cure(shop)
    assert run_again(evaluation_ids=[evaluation_of(purchase).pk], now=shop.now) == 1
    evaluate_due(now=shop.now)
    assert shop.grants("bob") == ["issued"]


def test_what_has_not_failed_is_not_run_again(shop):
    done = shop.bought("bob")
    waiting = shop.buys("bob")
    ids = [evaluation_of(purchase).pk for purchase in (done, waiting)]
    assert run_again(evaluation_ids=ids, now=shop.now) == 0
    shop.works()
    assert shop.points("bob") == 200


def test_what_runs_again_has_another_five_attempts(shop):
    purchase = shop.buys("bob", 66)
    Evaluation.objects.update(state="failed", attempts=5)
    run_again(evaluation_ids=[evaluation_of(purchase).pk], now=shop.now)
    for _ in range(4):
        try_again(shop)
    assert evaluation_of(purchase).state == "pending"
    try_again(shop)
    assert evaluation_of(purchase).state == "failed"
