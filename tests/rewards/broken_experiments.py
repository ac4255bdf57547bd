"""What breaks each rule that the database holds of experiments and recommendations."""

from tests.credits.broken_rules import foreign, row, twice
from tests.factories.experiments import (
    ExperimentFactory,
    ExperimentRoundFactory,
    OptionAffinityFactory,
    OptionPopularityFactory,
)
from tests.factories.referrals import NOON
from tests.factories.rewards import PolicyFactory, RewardOptionFactory


def an_option_beside_itself():
    option = RewardOptionFactory()
    OptionAffinityFactory(option=option, other=option)


BROKEN_IN_EXPERIMENTS = [
    ("experiment_code_once", twice(ExperimentFactory, "merchant", "code")),
    ("experiment_dates_follow_state", row(ExperimentFactory, state="running")),
    ("experiment_dates_follow_state", row(ExperimentFactory, running=True, stopped_at=NOON)),
    ("experiment_dates_follow_state", row(ExperimentFactory, running=True, state="stopped", stopped_at=NOON)),
    ("experiment_ends_after_it_begins", row(ExperimentFactory, running=True, ends_at=NOON)),
    ("experiment_ends_after_it_begins", row(ExperimentFactory, ends_at=NOON)),
    ("experiment_round_same_merchant", foreign(ExperimentRoundFactory)),
    ("experiment_round_once", twice(ExperimentRoundFactory, "experiment", "number")),
    ("policy_experiment_same_merchant", lambda: PolicyFactory(experiment=ExperimentFactory())),
    ("option_popularity_same_merchant", foreign(OptionPopularityFactory)),
    ("option_popularity_of_somebody", row(OptionPopularityFactory, customers=0)),
    ("option_affinity_option_same_merchant", foreign(OptionAffinityFactory)),
    ("option_affinity_other_same_merchant", foreign(OptionAffinityFactory, "other", RewardOptionFactory)),
    ("option_affinity_once", twice(OptionAffinityFactory, "option", "other")),
    ("option_affinity_of_two", an_option_beside_itself),
    ("option_affinity_in_range", row(OptionAffinityFactory, customers=0)),
    ("option_affinity_in_range", row(OptionAffinityFactory, strength=0)),
    ("option_affinity_in_range", row(OptionAffinityFactory, strength=1_000_001)),
]
