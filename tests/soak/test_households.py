"""A thousand families at one address each: hardly one is suspected, whatever they share."""

import pytest

from tests.rewards.shop import Shop, assert_books_are_right, policy
from tests.rewards.suspects import Town
from tests.rewards.test_fraud import outcomes

pytestmark = [pytest.mark.soak, pytest.mark.django_db]


@pytest.mark.parametrize("seed", [7, 11])
def test_of_a_thousand_households_at_most_one_in_a_hundred_is_held_or_blocked(seed):
    shop, town = Shop(policy("referrer", on="referral.qualified", points=500)), Town(seed)
    fared = outcomes(shop, [town.household() for _ in range(1000)])
    print(f"\nhouseholds: {fared.count('blocked')} blocked, {fared.count('held')} held, {fared.count('paid')} paid")
    assert fared.count("paid") >= 990
    assert_books_are_right()
