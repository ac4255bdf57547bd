"""Rows of experiments and recommendations, each valid by itself."""

from datetime import timedelta

import factory

from rewards.models import Experiment, ExperimentRound, OptionAffinity, OptionPopularity
from tests.factories.referrals import NOON, MerchantFactory
from tests.factories.rewards import RewardOptionFactory


class ExperimentFactory(factory.django.DjangoModelFactory):
    """An experiment that has not begun; of policies of the merchant, once there are any."""

    class Meta:
        model = Experiment

    merchant = factory.SubFactory(MerchantFactory)
    code = factory.Sequence(lambda n: f"experiment-{n}")
    name = factory.Sequence(lambda n: f"Experiment No. {n}")
    definition = factory.LazyFunction(
        lambda: {
            "variants": [{"code": "control"}, {"code": "bonus", "policy": "bonus"}],
            "window_days": 7,
            "days": 14,
            "expected": {"mean": 1_000, "deviation": 500},
        }
    )

    class Params:
        running = factory.Trait(state="running", started_at=NOON, ends_at=NOON + timedelta(days=14))


class ExperimentRoundFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ExperimentRound

    experiment = factory.SubFactory(ExperimentFactory, running=True)
    merchant = factory.SelfAttribute("experiment.merchant")
    number = 0
    starts_at = NOON
    shares = factory.LazyFunction(lambda: [5_000, 5_000])


class OptionPopularityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OptionPopularity

    option = factory.SubFactory(RewardOptionFactory)
    merchant = factory.SelfAttribute("option.merchant")
    customers = 3


class OptionAffinityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OptionAffinity

    option = factory.SubFactory(RewardOptionFactory)
    merchant = factory.SelfAttribute("option.merchant")
    other = factory.SubFactory(RewardOptionFactory, reward_type__merchant=factory.SelfAttribute("...merchant"))
    customers = 3
    strength = 200_000
