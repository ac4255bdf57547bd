"""Staff plan experiments, begin them, read the result, and stop them."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from rewards.models import Experiment
from rewards.services.experiments.running import advance_experiments
from tests.factories.experiments import ExperimentFactory
from tests.factories.rewards import PolicyFactory, PolicyVersionFactory
from tests.rewards.shop import policy

pytestmark = pytest.mark.django_db


def page_of(experiment):
    return reverse("admin:rewards_experiment_change", args=[experiment.pk])


def test_an_experiment_is_written_begun_read_and_stopped(staff, own):
    definition = """
        {variants: [{code: control}, {code: bonus, policy: bonus}], window_days: 7, days: 14,
        expected: {mean: 1000, deviation: 500}}
    """
    said = {"merchant": own.pk, "code": "bonuses", "name": "Bonuses", "definition": definition}
    adding = reverse("admin:rewards_experiment_add")
    assert b"window_days" in staff.get(adding).content
    assert b"days is missing" in staff.post(adding, {**said, "definition": "variants: []"}).content
    staff.post(adding, said)
    experiment = Experiment.objects.get(code="bonuses")
    page = page_of(experiment)
    refused = staff.post(page, {**said, "begin": "on"}, follow=True)
    assert b"Not in force: bonus." in refused.content
    PolicyVersionFactory(policy=PolicyFactory(merchant=own, code="bonus"), definition=policy())
    staff.post(page, {**said, "name": "Bonuses, again", "begin": "on"})
    experiment.refresh_from_db()
    assert (experiment.state, experiment.name) == ("running", "Bonuses, again")
    advance_experiments(now=experiment.started_at)
    shown = staff.get(page).content.decode()
    assert "inconclusive" in shown
    assert "So far." in shown
    staff.post(page, {"end_with": "bonus"})
    experiment.refresh_from_db()
    assert (experiment.state, experiment.winner) == ("stopped", "bonus")
    assert staff.get(page).status_code == 200
    told = [entry.get_change_message() for entry in LogEntry.objects.filter(object_id=experiment.pk)]
    assert {"Begun.", "Stopped: everybody gets what bonus gets."} <= set(told)


def test_an_experiment_of_another_merchant_is_not_there(staff):
    assert staff.get(page_of(ExperimentFactory())).status_code == 404
