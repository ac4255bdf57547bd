"""The words of a policy, checked before they are kept: its definition, and its examples."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from babel.numbers import get_currency_precision
from django.db.models import Model

from config.lib.errors import Invalid
from credits.models.tiers import Tier
from referrals.models.merchants import Merchant
from rewards.engine.definition import Definition, parse
from rewards.engine.examples import FAILS, Setting, check_examples
from rewards.engine.kinds.steps import BADGE
from rewards.engine.problems import DefinitionError, Problem
from rewards.models.badges import Badge
from rewards.models.campaigns import Campaign
from rewards.models.catalog import RewardOption


class PolicyInvalid(Invalid):
    """The words of this policy cannot be used."""

    code = "policy_invalid"


class ExamplesFail(Invalid):
    """A policy is not published while one of its examples gives something else than it says."""

    code = "examples_fail"
    status = 409


@dataclass(frozen=True, slots=True)
class Words:
    """What a policy says, as YAML or JSON gave it, not yet checked."""

    definition: Mapping[str, Any]
    examples: Sequence[Any] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As it is recorded."""
        return {"definition": self.definition, "examples": self.examples}


def setting_of(merchant: Merchant) -> Setting:
    """What examples presume of a merchant."""
    tiers = Tier.objects.filter(wallet__merchant=merchant, wallet__is_default=True).order_by("rank")
    return Setting(
        currency=merchant.currency,
        minor_digits=get_currency_precision(merchant.currency),
        multipliers={code: Fraction(number) for code, number in tiers.values_list("code", "points_multiplier")},
    )


def check_words(merchant: Merchant, words: Words) -> list[Problem]:
    """Check the words of a policy for a merchant.

    :returns: the examples that fail; a draft may have them.
    :raises PolicyInvalid: if anything else is wrong, naming each place.
    """
    definition = read_definition(merchant, words.definition)
    problems = check_examples(definition, words.examples, setting_of(merchant))
    _refuse([problem for problem in problems if problem.code != FAILS])
    return problems


def read_definition(merchant: Merchant, definition: Any, place: str = "/definition") -> Definition:
    """Read a definition that is to work for a merchant.

    :param place: JSON pointer to it.
    :raises PolicyInvalid: if it cannot be used, naming each place.
    """
    try:
        read = parse(definition)
    except DefinitionError as error:
        _refuse(error.problems, place)
        raise
    _refuse(list(_unknown_names(merchant, read)), place)
    return read


def _unknown_names(merchant: Merchant, definition: Definition) -> Iterator[Problem]:
    """Where a definition names what the merchant does not have, or has no longer."""
    kind, given = definition.give.kind, definition.give.option
    named: tuple[tuple[str, type[Model], str], ...] = (
        ("/give/grant/option", RewardOption, given if kind == "grant" else ""),
        ("/give/badge/code", Badge, given if kind == BADGE else ""),
        ("/campaign", Campaign, definition.campaign),
    )
    for pointer, noun, code in named:
        if code and not noun._default_manager.filter(merchant=merchant, code=code, is_active=True).exists():
            yield Problem(pointer, "unknown", f"there is no {noun._meta.verbose_name} {code} that is active")


def refuse_failing(problems: Sequence[Problem]) -> None:
    """Raise if examples fail.

    :raises ExamplesFail: naming each.
    """
    if problems:
        raise ExamplesFail(errors=as_errors(problems))


def as_errors(problems: Sequence[Problem], place: str = "") -> list[dict[str, Any]]:
    """Problems as an API tells them; `offset` counts characters within a text."""
    return [
        {"pointer": place + each.pointer, "code": each.code, "detail": each.detail}
        | ({} if each.offset is None else {"offset": each.offset})
        for each in problems
    ]


def _refuse(problems: Sequence[Problem], place: str = "") -> None:
    if problems:
        raise PolicyInvalid(errors=as_errors(problems, place))
