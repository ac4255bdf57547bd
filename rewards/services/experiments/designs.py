"""Experiments are written, and changed until they begin."""

from typing import Any

from config.lib.errors import DomainError, Invalid
from rewards.engine.experiments.definition import parse_design
from rewards.engine.problems import DefinitionError
from rewards.models.experiments import Experiment, ExperimentState
from rewards.services.programmes.document import ProgrammeInvalid, Source


class WrongDesign(Invalid):
    """The definition of an experiment cannot be used."""

    code = "wrong_design"


class HasBegun(DomainError):
    """An experiment that has begun stays as it is."""

    code = "experiment_has_begun"


def read_design(written: str) -> dict[str, Any]:
    """Read an experiment's definition from YAML.

    :raises WrongDesign: naming everything that is wrong with it.
    """
    try:
        read = Source(written, name="definition").data
        parse_design(read)
    except (ProgrammeInvalid, DefinitionError) as error:
        raise WrongDesign(str(error)) from error
    return dict(read)


def save_experiment(*, experiment: Experiment) -> None:
    """Write a new experiment, or what was changed of one that has not begun.

    :raises WrongDesign: if the definition cannot be used.
    :raises HasBegun: if it has begun.
    """
    try:
        parse_design(experiment.definition)
    except DefinitionError as error:
        raise WrongDesign(str(error)) from error
    if experiment.pk is None:
        experiment.save()
        return
    drafts = Experiment.objects.filter(pk=experiment.pk, state=ExperimentState.DRAFT)
    if not drafts.update(name=experiment.name, definition=experiment.definition):
        raise HasBegun
