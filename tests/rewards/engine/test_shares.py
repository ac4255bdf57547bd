"""The shares of the lines: nothing is lost, and refunds take back exactly what was given."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from rewards.engine.shares import apportion
from tests.rewards.engine.examples import BOB, CustomerFacts, decide, facts, line, policy, purchase

weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)
lines = st.lists(
    st.builds(
        line,
        st.integers(0, 10**6),
        quantity=st.integers(1, 100),
        category=st.sampled_from(["meals", "fashion", "electronics", ""]),
    ),
    max_size=12,
)
multipliers = st.sampled_from([Fraction(1), Fraction(5, 4), Fraction(3, 2), Fraction(2), Fraction(7, 3)])
effects = st.sampled_from(
    [
        {"fixed": 500},
        {"fixed": 7, "tier_multiplier": True},
        {"per_unit": 3},
        {"per_unit": 3, "category": "meals", "tier_multiplier": True},
        {"per_currency_unit": 1},
        {"per_currency_unit": "0.35", "categories": {"fashion": 1.5, "meals": "2.25"}, "tier_multiplier": True},
        {"per_currency_unit": 2, "categories": {"meals": 9}, "only_categories": True, "tier_multiplier": True},
    ]
)


@given(st.integers(0, 10**7), weights)
def test_shares_add_up_to_the_points(points, weights):
    shares = apportion(points, weights)
    assert sum(shares) == (points if any(weights) else 0)
    assert len(shares) == (len(weights) if any(weights) else 0)


@given(st.integers(0, 10**7), weights.filter(any))
def test_a_share_is_its_exact_part_rounded_down_or_up(points, weights):
    for share, weight in zip(apportion(points, weights), weights, strict=True):
        assert abs(share - Fraction(points * weight, sum(weights))) < 1


@given(st.integers(0, 10**7), weights)
def test_a_line_without_weight_has_no_share(points, weights):
    shares = apportion(points, weights)
    assert all(share == 0 for share, weight in zip(shares, weights, strict=False) if weight == 0)


def test_of_equal_remainders_the_earlier_line_gets_the_point():
    assert apportion(2, [1, 1, 1]) == (1, 1, 0)
    assert apportion(10, [5, 1, 5]) == (5, 1, 4)


def test_partial_refunds_of_a_hundred_dollars_take_back_a_hundred_points():
    bought = purchase(line(3333), line(3333), line(3334))
    (award,) = decide(facts(bought), policy(give={"points": {"per_currency_unit": 1}})).awards
    assert (award.points, award.shares) == (100, (33, 33, 34))


@settings(max_examples=300, deadline=None)
@given(lines, effects, multipliers, st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_taking_lines_back_in_any_order_takes_back_the_award(lines, effect, multiplier, total, random):
    buyer = CustomerFacts(2, "some", multiplier, 0, is_referred=True)
    decision = decide(facts(purchase(*lines, total=total), buyer=buyer), policy(give={"points": effect}))
    for award in decision.awards:
        left = award.points
        for share in random.sample(award.shares, len(award.shares)):
            assert 0 <= share <= left
            left -= share
        assert left == (0 if award.shares else award.points)


@settings(max_examples=300, deadline=None)
@given(lines, effects, multipliers, st.integers(0, 10**9), st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_change_the_points(lines, effect, multiplier, total, random):
    buyer = CustomerFacts(2, "some", multiplier, 0, is_referred=True)
    shuffled = random.sample(lines, len(lines))
    given_points = [
        [award.points for award in decide(facts(bought, buyer=buyer), policy(give={"points": effect})).awards]
        for bought in (purchase(*lines, total=total), purchase(*shuffled, total=total))
    ]
    assert given_points[0] == given_points[1]


@settings(max_examples=300, deadline=None)
@given(lines, multipliers, st.integers(0, 10**9))
def test_the_points_are_the_exact_sum_rounded_down(lines, multiplier, total):
    """The same rule written naively in fractions, line by line."""
    of_category = {"fashion": Fraction(3, 2), "meals": Fraction(9)}
    give = {"points": {"per_currency_unit": "0.35", "categories": {"fashion": 1.5, "meals": 9}}}
    give["points"]["tier_multiplier"] = True
    worth = sum(each.quantity * each.unit_price for each in lines)
    parts = [(each.category, Fraction(each.quantity * each.unit_price, worth)) for each in lines if worth]
    exact = sum(
        part * Fraction(total, 100) * Fraction(35, 100) * min(of_category.get(category, 1) * multiplier, 10)
        for category, part in parts or [("", Fraction(1))]
    )
    buyer = CustomerFacts(2, BOB.tier, multiplier, 0, is_referred=True)
    decision = decide(facts(purchase(*lines, total=total), buyer=buyer), policy(give=give))
    assert sum(award.points for award in decision.awards) == min(int(exact), 10_000_000)
