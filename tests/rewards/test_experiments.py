"""Experiments from beginning to end: who gets what, what is measured, what is said of it, and what everybody gets."""

from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from django.db.models import F
from django.db.utils import ProgrammingError

from referrals.models import Customer, Purchase
from rewards.engine.experiments.assignment import place_of
from rewards.engine.experiments.statistics import Sample, Verdict
from rewards.models import Campaign, Experiment, Trigger
from rewards.selectors.experiments import holdout_salt_of, result_of, trials_of
from rewards.selectors.explanations import explain
from rewards.services.evaluation.policies import policies_in_force
from rewards.services.experiments.designs import HasBegun, WrongDesign, read_design, save_experiment
from rewards.services.experiments.running import (
    NoBudget,
    NoHistory,
    NotRunning,
    PolicyNotReady,
    advance_experiments,
    start_experiment,
    stop_experiment,
)
from tests.factories.experiments import ExperimentFactory
from tests.factories.rewards import CampaignFactory, PolicyFactory
from tests.rewards.shop import policy

DAY = timedelta(days=1)
EXPECTED = {"mean": 20_00, "deviation": 10_00}


def plan(shop, **said):
    """An experiment of the shop that has not begun: its policies p0, p1, … or none."""
    definition = {"window_days": 7, "days": 14, "expected": EXPECTED, "least_effect_percent": 20, **said}
    definition.setdefault("variants", [{"code": "control"}, {"code": "bonus", "policy": "p0"}])
    return ExperimentFactory(merchant=shop.merchant, definition=definition)


@pytest.fixture
def trying(open_shop):
    """A shop with a policy for each definition, p0, p1, …"""

    def open_one(*definitions, **said):
        shop = open_shop(**said)
        for number, definition in enumerate(definitions):
            shop.publish(definition, PolicyFactory(merchant=shop.merchant, code=f"p{number}"))
        return shop

    return open_one


def begin(shop, experiment):
    return start_experiment(experiment_id=experiment.pk, now=shop.now)


def trial_of(experiment):
    return trials_of(merchant_id=experiment.merchant_id, experiment_ids=[experiment.pk])[experiment.pk]


def crowd(shop, size):
    return Customer.objects.bulk_create(
        Customer(merchant=shop.merchant, external_id=f"c-{number}", created_at=shop.now - DAY) for number in range(size)
    )


def spend(shop, amounts):
    """Customers buy now, each for so many minor units."""
    shop.accept(*(shop.event(customer.external_id, total / 100) for customer, total in amounts))
    shop.works(later=timedelta())


def of_variants(experiment, people, at):
    trial = trial_of(experiment)
    held_out = [each for each in people if place_of(trial.holdout_salt, each.pk) < trial.held_out]
    others = [each for each in people if each not in held_out]
    return [
        [each for each in others if trial.variant_of(each.pk, at) == number] for number in range(len(trial.policies))
    ], held_out


def test_each_customer_gets_the_policy_of_their_variant_and_reads_why_not_another(trying):
    shop = trying(policy(points=10), policy(points=500), policy(points=1))
    variants = [{"code": "small", "policy": "p0"}, {"code": "large", "policy": "p1"}]
    shop.bought("alice")
    experiment = begin(shop, plan(shop, variants=variants))
    trial = trial_of(experiment)
    names = [f"c-{number}" for number in range(8)]
    bought = {name: shop.bought(name) for name in names}
    sentences = set()
    for name in names:
        large = trial.variant_of(shop.customer(name).pk, shop.now) == 1
        assert shop.points(name) == 1 + (500 if large else 10)
        (refusal,) = explain(trigger=Trigger.PURCHASE_COMPLETED, subject_id=bought[name].pk).refusals
        sentences.add(refusal["sentence"])
    assert {shop.points(name) for name in names} == {11, 501}
    assert sentences == {"This reward is being tried, and you are among those who get something else meanwhile."}
    assert shop.points("alice") == 511


def test_it_is_measured_as_an_independent_count_says_and_a_known_effect_is_found(trying):
    shop = trying(policy())
    people, chance = crowd(shop, 900), Random(3)
    experiment = begin(shop, plan(shop, held_out_percent=10))
    entered = shop.now
    (control, bonus), held_out = of_variants(experiment, people, entered)
    amounts = {each.pk: chance.randrange(5_00, 15_00) for each in people}
    amounts |= {each.pk: amounts[each.pk] + 4_00 for each in bonus}
    shop.accept(*(shop.event(each.external_id, 99, at=entered - DAY) for each in people[:300]))
    shop.now = entered + DAY
    spend(shop, [(each, amounts[each.pk]) for each in people])
    bought = Purchase.objects.get(customer=control[0], occurred_at=shop.now)
    shop.refunded(bought, amount=1_00)
    amounts[control[0].pk] -= 1_00
    shop.now = entered + 8 * DAY
    spend(shop, [(each, 99_00) for each in people[300:600]])
    assert advance_experiments(now=entered + 6 * DAY) == 1
    assert [arm.sample for arm in result_of(experiment).arms] == [Sample(), Sample()]
    assert advance_experiments(now=entered + 6 * DAY + timedelta(hours=23)) == 0
    assert advance_experiments(now=entered + 7 * DAY) == 1
    result = result_of(experiment)
    for arm, members in zip([*result.arms, result.held_out], [control, bonus, held_out], strict=True):
        values = [amounts[each.pk] for each in members]
        assert arm.sample == Sample(len(values), sum(values), sum(each * each for each in values))
    assert (result.arms[1].comparison.verdict, result.is_final) == (Verdict.BETTER, False)
    assert advance_experiments(now=entered + 21 * DAY) == 1
    assert result_of(experiment).is_final
    assert advance_experiments(now=entered + 40 * DAY) == 0


def test_where_there_is_no_effect_it_says_so_at_its_horizon(trying):
    shop, chance = trying(policy()), Random(5)
    people = crowd(shop, 900)
    experiment = begin(shop, plan(shop))
    shop.now += DAY
    spend(shop, [(each, chance.randrange(18_00, 22_00)) for each in people])
    advance_experiments(now=experiment.started_at + 10 * DAY)
    assert result_of(experiment).arms[1].comparison.verdict == Verdict.INCONCLUSIVE
    advance_experiments(now=experiment.started_at + 21 * DAY)
    assert result_of(experiment).arms[1].comparison.verdict == Verdict.NO_DIFFERENCE


def test_after_it_everybody_gets_the_winner_but_those_who_are_held_out_for_ever(trying):
    shop = trying(policy(points=100))
    experiment = begin(shop, plan(shop, held_out_percent=50))
    stop_experiment(experiment_id=experiment.pk, winner="bonus", now=shop.now)
    shop.now += DAY
    names = [f"c-{number}" for number in range(8)]
    for name in names:
        shop.bought(name)
    salt = holdout_salt_of(shop.merchant)
    expected = {name: 0 if place_of(salt, shop.customer(name).pk) < 5_000 else 100 for name in names}
    assert {name: shop.points(name) for name in names} == expected
    assert set(expected.values()) == {0, 100}
    with pytest.raises(NotRunning):
        stop_experiment(experiment_id=experiment.pk, winner="control", now=shop.now)


def test_while_nothing_changes_policies_are_read_by_one_statement_with_an_experiment_as_without(
    trying, django_assert_num_queries
):
    shop = trying(policy())
    begin(shop, plan(shop))
    first = policies_in_force(shop.merchant.pk, shop.now)
    assert first.policies[0].trial is not None
    with django_assert_num_queries(1):
        assert policies_in_force(shop.merchant.pk, shop.now) is first


def test_the_plan_is_made_from_what_customers_did_before(trying):
    shop = trying(policy())
    people = crowd(shop, 400)
    Customer.objects.update(created_at=shop.now - 30 * DAY)
    spend(shop, [(each, 30_00) for each in people[:200]])
    shop.now += DAY
    experiment, of_nobody = plan(shop, held_out_percent=10), plan(trying(policy()))
    for each in (experiment, of_nobody):
        each.definition.pop("expected")
        save_experiment(experiment=each)
    with pytest.raises(NoHistory):
        begin(shop, of_nobody)
    made = begin(shop, experiment).plan
    assert made["mean"] == 15_00
    assert made["deviation"] == pytest.approx(15_00, rel=0.01)
    # Two comparisons, one of them with who is held out: z² = 13.017; (1 + 1.2²) × 1500² / 300²
    assert made["customers_needed"] == pytest.approx(13.017 * 2.44 * 25, rel=0.01)


def test_what_cannot_be_begun_is_refused_with_its_reason(trying):
    shop = trying(policy(), policy())
    with pytest.raises(PolicyNotReady, match="p9"):
        begin(shop, plan(shop, variants=[{"code": "control"}, {"code": "bonus", "policy": "p9"}]))
    running = begin(shop, plan(shop))
    with pytest.raises(HasBegun):
        begin(shop, running)
    with pytest.raises(PolicyNotReady, match="another experiment"):
        begin(shop, plan(shop))
    running.refresh_from_db()
    running.name = "Another"
    with pytest.raises(HasBegun):
        save_experiment(experiment=running)
    with pytest.raises(ProgrammingError, match="that_began_stays_as_it_is"), transaction.atomic():
        Experiment.objects.filter(pk=running.pk).update(definition={})


@pytest.mark.parametrize(
    "written",
    [
        "days: 1",
        "{window_days: 7, days: 7, variants: [{code: only}]}",
        "{window_days: 7, days: 7, variants: [{code: a}, {code: a, policy: b}]}",
        "{window_days: 7, days: 7, variants: [{code: a}, {code: b}]}",
        "{window_days: 7, days: 7, method: thompson, measure: spend, variants: [{code: a}, {code: b, policy: c}]}",
        "{window_days: 0, days: 7, variants: [{code: a}, {code: b, policy: c}]}",
    ],
)
def test_a_definition_that_cannot_be_used_is_refused(written):
    with pytest.raises(WrongDesign):
        read_design(written)


def test_shares_follow_what_is_learned_and_giving_ends_with_the_budget(trying):
    given = [policy(points=points, campaign="tries") for points in (10, 20)]
    shop = trying(*given)
    variants = [{"code": "control"}, {"code": "ten", "policy": "p0"}, {"code": "twenty", "policy": "p1"}]
    with pytest.raises(NoBudget):
        begin(shop, plan(shop, method="thompson", variants=variants))
    campaign = CampaignFactory(merchant=shop.merchant, code="tries", definition={"type": "bonus"}, budget=10_000)
    experiment = plan(shop, method="thompson", variants=variants, days=60)
    people = crowd(shop, 600)
    begin(shop, experiment)
    (_, ten, twenty), _ = of_variants(experiment, people, shop.now)
    began, shop.now = shop.now, shop.now + DAY
    spend(shop, [(each, 10_00) for each in twenty[: len(twenty) // 2]])
    shop.now = began + 7 * DAY
    assert advance_experiments(now=shop.now - timedelta(seconds=1)) == 0
    assert advance_experiments(now=shop.now) == 1
    first, second = experiment.rounds.order_by("number")
    assert first.arms[2] == [len(twenty), len(twenty) // 2, len(twenty) // 2]
    assert first.arms[1] == [len(ten), 0, 0]
    assert second.shares[2] > 9_900
    assert sum(second.shares) == 10_000
    Campaign.objects.update(budget=F("given") + 130)
    campaign.refresh_from_db()
    for number in range(9):
        shop.bought(f"c-{number}")
    assert Campaign.objects.get().given == campaign.given + 120, "six times 20: what is left is less than one of them"
    shop.now += 7 * DAY
    advance_experiments(now=shop.now)
    experiment.refresh_from_db()
    assert (experiment.state, experiment.winner) == ("stopped", "control")
    shop.bought("newcomer")
    assert shop.points("newcomer") == 0
