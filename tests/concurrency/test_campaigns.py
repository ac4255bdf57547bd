"""Four worker processes give out of one campaign's budget at the same time."""

from collections import Counter

import pytest
from django.utils import timezone

from credits.models import Entry
from credits.selectors.terms import default_wallet_terms
from rewards.models import Evaluation
from rewards.services.participation import join_campaign
from tests.concurrency.test_evaluation import assert_nobody_had_to_try_twice
from tests.concurrency.together import at_once
from tests.concurrency.trade import open_shop, scatter
from tests.factories.referrals import CustomerFactory
from tests.factories.rewards import CampaignFactory

pytestmark = pytest.mark.django_db(transaction=True)
FIVE_HUNDRED = {
    "trigger": "purchase.completed",
    "beneficiary": "buyer",
    "campaign": "welcome",
    "give": {"points": {"fixed": 500}},
}


def test_64_awards_of_500_at_once_out_of_10000_are_exactly_20(transactional_db, evaluators):
    shop = open_shop(welcome=FIVE_HUNDRED)
    campaign = CampaignFactory(merchant=shop.merchant, code="welcome", definition={"type": "bonus"}, budget=10_000)
    shop.accept(*[shop.event(number, customer=f"customer-{number}") for number in range(64)])
    scatter()
    evaluators.work(size=2)
    assert_nobody_had_to_try_twice()
    decisions = Evaluation.objects.filter(trigger="purchase.completed").values_list("decision", flat=True)
    reasons = Counter(code for decision in decisions for _, code in decision.get("refusals", ()))
    campaign.refresh_from_db()
    assert (Entry.objects.count(), campaign.given) == (20, 10_000)
    assert reasons == {"budget_exhausted": 44}


def test_a_customer_who_joins_from_many_places_at_once_joins_once(transactional_db):
    shop = open_shop(welcome=FIVE_HUNDRED)
    definition = {"type": "bonus", "join": "participate"}
    campaign = CampaignFactory(merchant=shop.merchant, code="welcome", definition=definition)
    customer, now = CustomerFactory(merchant=shop.merchant, external_id="alice"), timezone.now()
    terms = default_wallet_terms(merchant=shop.merchant)
    joined = at_once(*[lambda: join_campaign(campaign=campaign, customer=customer, terms=terms, now=now)] * 8)
    assert sorted(is_new for _, is_new in joined) == [False] * 7 + [True]
