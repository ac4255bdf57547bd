"""Experiments are read with their results, and recommendations with their reasons, in the shapes of the document."""

import jsonschema
import pytest
from django.utils import timezone

from rewards.api import experiments, shapes
from rewards.services.experiments.running import advance_experiments, start_experiment
from tests.factories.experiments import ExperimentFactory
from tests.factories.rewards import PolicyFactory, PolicyVersionFactory, RewardOptionFactory
from tests.rewards.shop import policy

pytestmark = pytest.mark.django_db


def read(answer, shape):
    assert answer.status_code == 200
    jsonschema.Draft202012Validator(shape).validate(answer.json())
    return answer.json()


def test_an_experiment_is_read_as_a_draft_and_with_its_result_once_it_runs(api, populated):
    shop = populated.merchant
    PolicyVersionFactory(policy=PolicyFactory(merchant=shop, code="extra"), definition=policy())
    experiment = ExperimentFactory(merchant=shop, code="bonuses")
    experiment.definition["variants"][1]["policy"] = "extra"
    experiment.save()
    ExperimentFactory(code="theirs")
    draft = read(api.get("/api/v1/experiments/bonuses"), experiments.EXPERIMENT)
    assert (draft["state"], draft["plan"], draft["read_at"]) == ("draft", None, None)
    start_experiment(experiment_id=experiment.pk, now=timezone.now())
    advance_experiments(now=timezone.now())
    running = read(api.get("/api/v1/experiments/bonuses"), experiments.EXPERIMENT)
    assert (running["state"], running["is_final"], running["error_rate"]) == ("running", False, 0.05)
    assert [each["share_percent"] for each in running["variants"]] == [50, 50]
    assert running["variants"][1]["comparison"]["verdict"] == "inconclusive"
    listed = read(api.get("/api/v1/experiments"), experiments.EXPERIMENTS)["experiments"]
    assert [each["code"] for each in listed] == ["bonuses"]
    assert api.get("/api/v1/experiments/theirs").status_code == 404


def test_recommendations_come_with_a_reason_and_a_channel_to_share_by(api, populated):
    RewardOptionFactory(reward_type__merchant=populated.merchant, code="plate", name="Plate", points_required=500)
    body = read(api.get("/api/v1/customers/alice/recommendations"), shapes.RECOMMENDATIONS)
    (plate,) = [each for each in body["rewards"] if each["id"] == "plate"]
    assert (plate["because"], plate["sentence"]) == ("soon", "500 points more, and it is yours.")
    assert body["share"] == {"channel": "sheet", "sentence": "Choose among your own apps."}
    assert api.get("/api/v1/customers/nobody/recommendations").status_code == 404
