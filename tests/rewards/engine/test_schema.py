"""The published schema says what the reader does."""

import jsonschema
import pytest
import yaml

from rewards.engine.definition import JSON_SCHEMA, parse
from rewards.engine.effects import EFFECTS
from rewards.engine.problems import DefinitionError
from rewards.engine.triggers import TRIGGERS
from tests.rewards.engine.examples import definition
from tests.rewards.engine.test_definition import EVERYTHING

VALIDATOR = jsonschema.Draft202012Validator(JSON_SCHEMA)
SHAPES = [
    {"when": 5},
    {"when": ""},
    {"when": "x" * 2001},
    {"colour": "red"},
    {"trigger": "purchase.dreamt"},
    {"trigger": "referral.joined", "beneficiary": "buyer"},
    {"give": {}},
    {"give": {"points": {"fixed": 1}, "grant": {"option": "mug"}}},
    {"give": {"points": {}}},
    {"give": {"points": {"fixed": 1, "per_unit": 1}}},
    {"give": {"points": {"fixed": 1, "category": "meals"}}},
    {"give": {"points": {"fixed": 0}}},
    {"give": {"points": {"per_currency_unit": 0}}},
    {"give": {"points": {"per_currency_unit": "1e3"}}},
    {"give": {"points": {"per_currency_unit": 1, "only_categories": True}}},
    {"give": {"points": {"fixed": 1, "pending_days": -1}}},
    {"give": {"points": {"fixed": 1, "expiry_months": 0}}},
    {"give": {"points": {"fixed": 1, "expires": "soon"}}},
    {"give": {"points": {"fixed": 1, "expires": "never", "expiry_months": 6}}},
    {"activity": "social_share"},
    {"trigger": "activity.recorded", "beneficiary": "buyer"},
    {"trigger": "activity.recorded", "beneficiary": "customer", "activity": "Social share"},
    {"trigger": "schedule.due", "beneficiary": "customer"},
    {"trigger": "schedule.due", "beneficiary": "customer", "every": {"week": ["mon"], "month": [1]}},
    {"trigger": "schedule.due", "beneficiary": "customer", "every": {"month": [32]}},
    {"every": {"week": ["mon"]}},
    {"give": {"grant": {}}},
    {"give": {"grant": {"option": "mug", "quantity": 101}}},
    {"milestones": {"scope": "per_friend", "measure": "purchases"}},
    {"milestones": {"scope": "per_friend", "measure": "meals", "every": 5}},
    {"milestones": {"scope": "per_friend", "measure": "purchases", "every": 5, "at": [1]}},
    {"limits": {"per_customer": {"per": "day"}}},
    {"limits": {"per_purchase": {}}},
    {"on_refund": "forget"},
    {"priority": "high"},
    {"exclusive_group": ""},
    {"schedule": {"from": "yesterday"}},
    {"schedule": {"weekdays": []}},
    {"schedule": {"hours": ["18:00"]}},
    {"schedule": {"hours": ["25:00", "26:00"]}},
]


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(JSON_SCHEMA)


def test_a_full_definition_and_a_short_one_are_valid():
    # A JSON document has texts where YAML has dates.
    full = yaml.load(EVERYTHING, Loader=yaml.BaseLoader)["schedule"]
    everything = {**yaml.safe_load(EVERYTHING), "schedule": full}
    for raw in (everything, definition()):
        VALIDATOR.validate(raw)
        parse(raw)


@pytest.mark.parametrize("changed", SHAPES)
def test_what_the_schema_refuses_the_reader_refuses_too(changed):
    raw = {**definition(), **changed}
    assert not VALIDATOR.is_valid(raw)
    with pytest.raises(DefinitionError):
        parse(raw)


def test_the_schema_lists_every_trigger_and_every_effect():
    assert JSON_SCHEMA["properties"]["trigger"]["enum"] == list(TRIGGERS)
    assert JSON_SCHEMA["properties"]["give"]["properties"].keys() == EFFECTS.keys()
