"""Experiments in a programme: drafts come, change and go with the file; one that has begun is never spoiled by it."""

import jsonschema
import pytest

from rewards.models import Experiment
from rewards.services.experiments.running import start_experiment, stop_experiment
from rewards.services.programmes.applying import ProgrammeRefused, plan_programme
from rewards.services.programmes.document import ProgrammeInvalid
from rewards.services.programmes.export import export_programme
from rewards.services.programmes.schema import SCHEMA
from tests.rewards.programmes.examples import LATER, NOW, apply, plan, programme, read, shop, written

pytestmark = pytest.mark.django_db

DESIGN = {
    "variants": [{"code": "none"}, {"code": "more", "policy": "bonus", "share": 2}],
    "window_days": 14,
    "days": 28,
    "expected": {"mean": 1000, "deviation": 400},
}
MORE = {"code": "more", "name": "Is more better?", "definition": DESIGN}
LONGER = {**MORE, "definition": {**DESIGN, "days": 90}}


def begun():
    apply(experiments=[MORE])
    return start_experiment(experiment_id=Experiment.objects.get().pk, now=NOW)


def test_what_is_exported_and_applied_again_changes_nothing():
    apply(experiments=[MORE])
    again = read(export_programme(slug="corner-shop"))
    assert again["experiments"] == [MORE]
    assert plan_programme(programme=again).changes == ()
    jsonschema.validate(written(experiments=[MORE]), SCHEMA)


def test_a_draft_changes_and_goes_and_is_left_alone_by_a_file_that_says_nothing_of_experiments():
    apply(experiments=[MORE])
    apply()
    apply(experiments=[LONGER])
    assert Experiment.objects.get(merchant=shop()).definition["days"] == 90
    apply(experiments=[])
    assert not Experiment.objects.exists()


def test_one_that_has_begun_stays_as_it_is_but_for_its_name():
    experiment = begun()
    for spoiled in ([LONGER], []):
        with pytest.raises(ProgrammeRefused, match="more has begun"):
            apply(now=LATER, experiments=spoiled)
    apply(now=LATER, experiments=[{**MORE, "name": "More"}])
    experiment.refresh_from_db()
    assert (experiment.name, experiment.state, experiment.definition) == ("More", "running", DESIGN)


def test_one_that_was_stopped_is_a_record_and_no_part_of_the_programme():
    stop_experiment(experiment_id=begun().pk, winner="none", now=LATER)
    assert plan(experiments=[]).changes == ()
    assert programme(experiments=[MORE])
    with pytest.raises(ProgrammeRefused, match="more was stopped"):
        apply(now=LATER, experiments=[MORE])


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"days": 0}, "/experiments/0/definition/days"),
        ({"variants": [{"code": "none"}, {"code": "x", "policy": "away"}]}, "/experiments/0/definition/variants/1"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_its_place(changed, place):
    with pytest.raises(ProgrammeInvalid, match=place):
        programme(experiments=[{**MORE, "definition": {**DESIGN, **changed}}])
