"""What a campaign says is read whole, and each mistake is named at its place."""

import jsonschema
import pytest

from rewards.engine.campaigns.definition import JSON_SCHEMA, TYPES, parse_campaign
from rewards.engine.problems import DefinitionError
from rewards.services.campaigns import TEMPLATES

DOUBLE = {"type": "points_multiplier", "multiplier": 2}
GOAL = {"measure": "spend", "target": 500}


def problems_of(definition):
    with pytest.raises(DefinitionError) as refused:
        parse_campaign(definition)
    return [(problem.pointer, problem.code) for problem in refused.value.problems]


@pytest.mark.parametrize("type_", TYPES)
def test_there_is_a_template_of_each_type_that_can_be_used_and_follows_the_schema(type_):
    jsonschema.Draft202012Validator(JSON_SCHEMA).validate(TEMPLATES[type_])
    assert parse_campaign(TEMPLATES[type_]).type == type_


@pytest.mark.parametrize(
    ("definition", "problem"),
    [
        ({}, ("", "missing")),
        ({"type": "lottery"}, ("/type", "not_a_choice")),
        ({"type": "points_multiplier"}, ("/type", "missing")),
        ({**DOUBLE, "multiplier": 0.5}, ("/multiplier", "out_of_range")),
        ({**DOUBLE, "multiplier": 1001}, ("/multiplier", "out_of_range")),
        ({**DOUBLE, "goal": GOAL}, ("/goal", "not_allowed")),
        ({**DOUBLE, "categories": ["meals"]}, ("/categories", "not_allowed")),
        ({**DOUBLE, "colour": "red"}, ("/colour", "unknown_key")),
        ({**DOUBLE, "from": "2026-01-02", "to": "2026-01-02"}, ("/to", "out_of_range")),
        ({**DOUBLE, "from": "2026-01-02", "repeat": "daily"}, ("/repeat", "missing")),
        ({**DOUBLE, "until": "2026-01-02"}, ("/until", "not_allowed")),
        ({**DOUBLE, "join": "later"}, ("/join", "not_a_choice")),
        ({**DOUBLE, "tiers": []}, ("/tiers", "out_of_range")),
        ({**DOUBLE, "points_per_customer": 0}, ("/points_per_customer", "out_of_range")),
        ({"type": "streak", "goal": GOAL}, ("/goal", "not_allowed")),
        ({"type": "achievement", "goal": {"measure": "spend"}}, ("/goal", "missing")),
        ({"type": "achievement", "goal": {**GOAL, "measure": "weeks_in_a_row"}}, ("/goal", "not_allowed")),
    ],
)
def test_one_thing_wrong_is_one_problem(definition, problem):
    assert problems_of(definition) == [problem]
