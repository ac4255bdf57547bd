"""What the form of a policy can say is said by its fields, and read back as it was written."""

import pytest

from rewards.forms.definitions import field_of
from rewards.forms.policies import shows_all

WHO = {"trigger": "tier.changed", "beneficiary": "customer"}


@pytest.mark.parametrize(
    "definition",
    [
        {**WHO, "give": {"points": {"fixed": 5}}},
        {**WHO, "give": {"grant": {"option": "mug", "quantity": 2}}},
        {**WHO, "give": {"badge": {"code": "regular"}}},
        {**WHO, "give": {"tier_step": {}}},
        {**WHO, "give": {"event": {"type": "call_them"}}},
        {"trigger": "schedule.due", "beneficiary": "customer", "every": {"month": [1]}, "give": {"tier_step": {}}},
        {"trigger": "schedule.due", "beneficiary": "customer", "every": {"week": ["mon"]}, "give": {"tier_step": {}}},
    ],
)
def test_every_effect_and_every_day_has_its_fields(definition):
    assert shows_all(definition)


def test_a_problem_is_marked_where_it_was_typed():
    assert [field_of(place) for place in ("/give/badge/code", "/give/event/type", "/every/month/0")] == [
        "option",
        "option",
        "every_month_days",
    ]
