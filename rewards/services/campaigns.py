"""Creating and changing campaigns by hand; a programme file does the same."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.errors import DomainError, Invalid
from rewards.engine.campaigns.definition import parse_campaign
from rewards.engine.problems import DefinitionError
from rewards.models.campaigns import Campaign
from rewards.services.programmes.document import ProgrammeInvalid, Source

TEMPLATES: dict[str, dict[str, Any]] = {
    "points_multiplier": {
        "type": "points_multiplier",
        "from": "2026-01-03T00:00",
        "to": "2026-01-05T00:00",
        "repeat": "monthly",
        "multiplier": 2,
    },
    "category_bonus": {
        "type": "category_bonus",
        "from": "2026-01-05",
        "to": "2026-01-12",
        "multiplier": 3,
        "categories": ["fashion"],
    },
    "launch_multiplier": {
        "type": "launch_multiplier",
        "from": "2026-01-05",
        "to": "2026-01-12",
        "multiplier": 5,
        "skus": ["NEW-PRODUCT"],
    },
    "tier_challenge": {
        "type": "tier_challenge",
        "from": "2026-01-01",
        "to": "2026-01-31",
        "repeat": "monthly",
        "goal": {"measure": "spend", "target": 50_000},
        "join": "participate",
    },
    "streak": {"type": "streak", "goal": {"measure": "weeks_in_a_row", "target": 4}},
    "achievement": {"type": "achievement", "goal": {"measure": "referrals", "target": 3}},
    "referral_campaign": {"type": "referral_campaign"},
    "bonus": {"type": "bonus", "points_per_customer": 500},
}
"""A definition of each type of campaign, to begin with."""


class WrongDefinition(Invalid):
    """The definition of a campaign cannot be used."""

    code = "wrong_definition"


class BudgetTooSmall(DomainError):
    """A budget cannot be less than what the campaign has given already."""

    code = "budget_too_small"


def read_definition(written: str) -> dict[str, Any]:
    """Read a campaign's definition from YAML.

    :raises WrongDefinition: naming everything that is wrong with it.
    """
    try:
        read = Source(written, name="definition").data
        parse_campaign(read)
    except (ProgrammeInvalid, DefinitionError) as error:
        raise WrongDefinition(str(error)) from error
    return dict(read)


def save_campaign(*, campaign: Campaign) -> None:
    """Write a new campaign, or what was changed of one. What it has given, and to whom, stays.

    :raises WrongDefinition: if the definition cannot be used.
    :raises BudgetTooSmall: if it has given more than the budget.
    """
    try:
        parse_campaign(campaign.definition)
    except DefinitionError as error:
        raise WrongDefinition(str(error)) from error
    if campaign.pk is None:
        campaign.save()
        return
    with transaction.atomic():
        given = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk).given
        if campaign.budget is not None and campaign.budget < given:
            raise BudgetTooSmall(_("The campaign has given %(points)s points already.") % {"points": given})
        campaign.save(update_fields=["name", "description", "definition", "budget", "is_active", "updated_at"])
