"""Rows of the third floor, each valid by itself."""

import factory

from rewards.models import (
    Backtest,
    BacktestOutcome,
    Category,
    ChangeAction,
    Evaluation,
    EvaluationState,
    Grant,
    Policy,
    PolicyChange,
    PolicyVersion,
    RewardOption,
    RewardType,
    Trigger,
    VersionStatus,
)
from rewards.models.evaluations import shard_of
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory, PurchaseFactory


class RewardTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RewardType

    merchant = factory.SubFactory(MerchantFactory)
    code = factory.Sequence(lambda n: f"type-{n}")
    name = factory.Sequence(lambda n: f"Reward type No. {n}")
    category = Category.FREE_PRODUCT


class RewardOptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RewardOption

    reward_type = factory.SubFactory(RewardTypeFactory)
    merchant = factory.SelfAttribute("reward_type.merchant")
    code = factory.Sequence(lambda n: f"option-{n}")
    name = factory.Sequence(lambda n: f"Free meal No. {n}")


class PolicyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Policy

    merchant = factory.SubFactory(MerchantFactory)
    code = factory.Sequence(lambda n: f"policy-{n}")
    name = factory.Sequence(lambda n: f"Policy No. {n}")


class PolicyVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PolicyVersion

    policy = factory.SubFactory(PolicyFactory)
    merchant = factory.SelfAttribute("policy.merchant")
    number = 1
    definition = factory.LazyFunction(lambda: {"on": "purchase.completed", "give": {"points": 100}})
    status = VersionStatus.PUBLISHED
    published_at = NOON
    effective_at = factory.SelfAttribute("published_at")


class PolicyChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PolicyChange

    merchant = factory.SubFactory(MerchantFactory)
    policy_code = factory.Sequence(lambda n: f"policy-{n}")
    number = 1
    action = ChangeAction.DRAFTED
    actor = "user:1"
    recorded_at = NOON


class BacktestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Backtest

    merchant = factory.SubFactory(MerchantFactory)
    candidate = factory.LazyFunction(lambda: {"points": None})
    actor = "user:1"
    created_at = NOON


class BacktestOutcomeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BacktestOutcome

    backtest = factory.SubFactory(BacktestFactory)
    merchant = factory.SelfAttribute("backtest.merchant")
    customer = factory.SubFactory(CustomerFactory, merchant=factory.SelfAttribute("..merchant"))
    points_before = points_after = grants_before = grants_after = 0


class EvaluationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Evaluation

    class Params:
        purchase = factory.SubFactory(PurchaseFactory)
        failed = factory.Trait(
            state=EvaluationState.FAILED, attempts=5, decision=None, evaluated_at=None, failure="KeyError: 'SALAD'"
        )

    merchant = factory.SelfAttribute("purchase.merchant")
    trigger = Trigger.PURCHASE_COMPLETED
    subject_type = "purchase"
    subject_id = factory.SelfAttribute("purchase.pk")
    customer = factory.SelfAttribute("purchase.customer")
    shard = factory.LazyAttribute(lambda evaluation: shard_of(evaluation.customer.root_id or evaluation.customer.pk))
    occurred_at = due_at = created_at = evaluated_at = NOON
    state = EvaluationState.DONE
    decision = factory.LazyFunction(dict)


class GrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Grant

    evaluation = factory.SubFactory(EvaluationFactory)
    merchant = factory.SelfAttribute("evaluation.merchant")
    customer = factory.SelfAttribute("evaluation.customer")
    option = factory.SubFactory(RewardOptionFactory, reward_type__merchant=factory.SelfAttribute("...merchant"))
    policy_version = factory.SubFactory(PolicyVersionFactory, policy__merchant=factory.SelfAttribute("...merchant"))
    key = factory.Sequence(lambda n: f"cause:{n}")
    issued_at = NOON
