"""The rules of the three programmes that ship can be said, and do what their documents say."""

from fractions import Fraction

import pytest
import yaml
from msgspec.structs import replace

from rewards.engine.definition import parse
from rewards.engine.policy import compile_policy
from tests.rewards.engine.examples import ALICE, BOB, date, decide, facts, line, paid, purchase

PROGRAMMES = {
    "farmacy-food": """
credits-for-each-referred-meal:
  {trigger: purchase.completed, beneficiary: referrer, give: {points: {per_unit: 10, category: meals}}}
free-meal-for-referred-meals:
  trigger: purchase.completed
  beneficiary: referrer
  give: {grant: {option: free-meal}}
  milestones: {scope: per_friend, measure: "units:meals", at: [1, 100, 1000]}
""",
    "rs-systems": """
referrer-bonus: {trigger: referral.joined, beneficiary: referrer, give: {points: {fixed: 500}}}
welcome-bonus: {trigger: referral.joined, beneficiary: referee, give: {points: {fixed: 100}}}
""",
    "acme-shop": """
purchase:
  trigger: purchase.completed
  beneficiary: buyer
  give:
    points:
      per_currency_unit: 1
      categories: {electronics: 2.0, fashion: 1.5, home: 1.25}
      tier_multiplier: true
first-purchase:
  {trigger: purchase.completed, beneficiary: buyer, when: customer.purchases == 0, give: {points: {fixed: 200}}}
double-points-weekend:
  trigger: purchase.completed
  beneficiary: buyer
  give: {points: {per_currency_unit: 1}}
  schedule: {from: 2026-11-21T00:00, to: 2026-11-23T00:00}
refer-a-friend: {trigger: referral.qualified, beneficiary: referrer, give: {points: {fixed: 500}}}
friend-bonus: {trigger: referral.qualified, beneficiary: referee, give: {points: {fixed: 200}}}
""",
}


def programme(name):
    rules = yaml.safe_load(PROGRAMMES[name])
    return [
        compile_policy(policy_id=number, version_id=number, code=code, definition=parse(rule))
        for number, (code, rule) in enumerate(rules.items(), start=1)
    ]


def given(decision):
    return {(award.policy_code, award.customer_id): award.points or award.option for award in decision.awards}


def test_a_referred_meal_gives_credits_and_the_first_a_free_meal():
    first = facts(purchase(line(1200, quantity=3)), reached={("per_friend", "units:meals"): (0, 3)})
    assert given(decide(first, *programme("farmacy-food"))) == {
        ("credits-for-each-referred-meal", ALICE.id): 30,
        ("free-meal-for-referred-meals", ALICE.id): "free-meal",
    }


def test_a_meal_of_somebody_whom_nobody_referred_gives_nothing():
    decision = decide(facts(referrer=None), *programme("farmacy-food"))
    assert decision.awards == ()
    assert {refusal.code for refusal in decision.refusals} == {"no_referrer"}


def test_signing_up_gives_500_to_the_referrer_and_100_to_the_friend():
    joined = facts(trigger="referral.joined")
    assert given(decide(joined, *programme("rs-systems"))) == {
        ("referrer-bonus", ALICE.id): 500,
        ("welcome-bonus", BOB.id): 100,
    }


@pytest.mark.parametrize(
    ("multiplier", "points"), [(Fraction(1), 335), (Fraction(5, 4), 418), (Fraction(3, 2), 502), (Fraction(2), 670)]
)
def test_a_purchase_earns_by_category_and_tier(multiplier, points):
    cart = purchase(line(10000, category="electronics"), line(5000, category="fashion"), line(6000, category="books"))
    buyer = replace(BOB, tier_multiplier=multiplier, purchases=4)
    assert given(decide(facts(cart, buyer=buyer), *programme("acme-shop"))) == {("purchase", BOB.id): points}


def test_the_first_purchase_earns_200_more_and_a_weekend_doubles():
    first = facts(paid(10000), day=date(2026, 11, 22))
    assert given(decide(first, *programme("acme-shop"))) == {
        ("purchase", BOB.id): 100,
        ("first-purchase", BOB.id): 200,
        ("double-points-weekend", BOB.id): 100,
    }


def test_a_qualified_referral_gives_500_and_200():
    qualified = facts(trigger="referral.qualified")
    assert given(decide(qualified, *programme("acme-shop"))) == {
        ("refer-a-friend", ALICE.id): 500,
        ("friend-bonus", BOB.id): 200,
    }
