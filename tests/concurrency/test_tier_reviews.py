"""Reviews of tiers meet each other, purchases, and the end of their process."""

import subprocess
import sys
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from config.lib.idempotency import KeyReused
from credits.models import Account, TierMove
from credits.services.assigning import assign_tier
from credits.services.reviewing import review_tiers
from referrals.models import Event
from tests.concurrency.processes import PROJECT, environment, is_taking_time, slow_inserts, wait_until
from tests.concurrency.together import at_once, attempt
from tests.concurrency.trade import PRICE, evaluate_everything
from tests.factories.credits import TierFactory

pytestmark = pytest.mark.django_db(transaction=True)
CUSTOMERS = range(12)
REVIEWER = "reviewer"
REVIEW = (
    "import django; django.setup(); from django.utils import timezone;"
    " from credits.services.reviewing import review_tiers; review_tiers(now=timezone.now(), limit=4)"
)


@pytest.fixture
def tiered(shop):
    """The shop with a silver tier for one purchase in twelve months."""
    wallet = Account._meta.get_field("wallet").related_model.objects.get(merchant=shop.merchant)
    TierFactory(wallet=wallet, rank=0, code="bronze")
    TierFactory(wallet=wallet, rank=1, code="silver", min_orders=2)
    type(wallet).objects.update(tier_window="rolling_year")
    return shop


def reach_silver_and_let_it_be_due(shop):
    """Everybody buys twice, and their review has come; as the purchases are recent, they keep their tier."""
    for customer in CUSTOMERS:
        shop.accept(*[shop.event(f"{customer}-{number}", customer=f"c{customer}") for number in range(2)])
    evaluate_everything()
    assert Account.objects.filter(tier__code="silver").update(tier_review_at=timezone.now()) == len(CUSTOMERS)


def test_two_purchases_that_cross_the_edge_together_lift_once(tiered, evaluators):
    for customer in CUSTOMERS:
        tiered.accept(*[tiered.event(f"{customer}-{number}", customer=f"c{customer}") for number in range(4)])
    evaluators.work(size=3)
    assert TierMove.objects.count() == len(CUSTOMERS) == Event.objects.filter(type="tier.changed").count()


def test_reviews_run_by_several_at_once_review_each_once(tiered):
    reach_silver_and_let_it_be_due(tiered)
    now = timezone.now()
    assert sum(at_once(*[partial(review_tiers, now=now, limit=3)] * 4)) <= len(CUSTOMERS)
    while review_tiers(now=now, limit=3):
        pass
    assert not Account.objects.filter(tier_review_at__lte=now).exists()
    assert Account.objects.filter(tier__code="silver").count() == len(CUSTOMERS)


def test_reviews_and_purchases_at_once_agree(tiered, evaluators):
    reach_silver_and_let_it_be_due(tiered)
    now = timezone.now()
    for customer in CUSTOMERS:
        tiered.accept(tiered.event(f"{customer}-more", customer=f"c{customer}"))
    at_once(partial(evaluators.work, size=2), *[partial(review_tiers, now=now, limit=2)] * 6)
    while review_tiers(now=now):
        pass
    assert Account.objects.filter(qualifying_spend=3 * PRICE, tier__code="silver").count() == len(CUSTOMERS)


def test_a_review_that_is_killed_half_way_is_done_by_the_next(tiered):
    reach_silver_and_let_it_be_due(tiered)
    later = timezone.now() + timedelta(days=800)
    Account.objects.update(tier_review_at=timezone.now())
    Account._meta.get_field("tier").related_model.objects.filter(code="silver").update(min_orders=3)
    with slow_inserts("referrals_event", 1):
        process = subprocess.Popen(
            [sys.executable, "-c", REVIEW], cwd=PROJECT, env=environment(PGAPPNAME=REVIEWER)
        )  # fmt: skip
        assert wait_until(lambda: is_taking_time(REVIEWER))
        process.kill()
        process.wait()
    assert not Event.objects.filter(type="tier.expiring").exists()
    while review_tiers(now=timezone.now(), limit=5):
        pass
    assert Event.objects.filter(type="tier.expiring").count() == len(CUSTOMERS)
    while review_tiers(now=later, limit=5):
        pass
    assert TierMove.objects.filter(reason="reviewed").count() == len(CUSTOMERS)


def test_one_key_for_two_customers_at_once_gives_one_tier(tiered):
    reach_silver_and_let_it_be_due(tiered)
    until = timezone.now() + timedelta(days=9)
    accounts = Account.objects.values_list("customer_id", flat=True)[:4]
    give = partial(
        assign_tier, merchant=tiered.merchant, tier_code="bronze", reason="A test", actor="tests", until=until,
        now=timezone.now(), key="one",
    )  # fmt: skip
    answers = at_once(*[partial(attempt, partial(give, customer_id=each), KeyReused) for each in accounts])
    assert sum(isinstance(answer, KeyReused) for answer in answers) == 3
