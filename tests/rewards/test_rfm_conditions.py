"""Policies ask how a customer buys, and nobody looks it up for those that do not ask."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.referrals import CustomerRfmFactory
from tests.rewards.shop import evaluation_of, policy

CHAMPIONS = "customer.rfm.segment == 'champions' && customer.rfm.recency >= 4"


@pytest.mark.parametrize(("scores", "points"), [((5, 4, 4, "champions"), 100), ((3, 4, 4, "loyal"), 0), (None, 0)])
def test_a_condition_asks_how_the_buyer_buys(open_shop, scores, points):
    shop = open_shop(policy(when=CHAMPIONS))
    if scores is not None:
        recency, frequency, monetary, segment = scores
        CustomerRfmFactory(
            customer=shop.customer("bob"), recency_score=recency, frequency_score=frequency, monetary_score=monetary,
            segment=segment,
        )  # fmt: skip
    purchase = shop.bought("bob")
    assert shop.points("bob") == points
    kept = evaluation_of(purchase).decision["inputs"]["rfm"]
    assert kept["segment"] == (scores[3] if scores else "")


@pytest.mark.parametrize(("when", "asked"), [(CHAMPIONS, True), ("customer.purchases == 0", False)])
def test_it_is_read_only_where_a_policy_in_force_names_it(open_shop, when, asked):
    shop = open_shop(policy(when=when))
    shop.buys("bob")
    with CaptureQueriesContext(connection) as run:
        shop.works()
    assert any("customerrfm" in query["sql"] for query in run.captured_queries) == asked
