"""One thing wrong with a definition is one problem, at its place, of its kind."""

from datetime import datetime, timedelta, timezone

import pytest

from tests.rewards.engine.examples import definition
from tests.rewards.engine.test_definition import problems_of


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"trigger": "purchase.dreamt"}, "/trigger", "not_a_choice"),
        ({"trigger": ["purchase.completed"]}, "/trigger", "not_a_choice"),
        ({"trigger": "referral.joined", "beneficiary": "buyer"}, "/beneficiary", "not_a_choice"),
        ({"give": {}}, "/give", "missing"),
        ({"give": {"points": {"fixed": 1}, "grant": {"option": "mug"}}}, "/give", "not_allowed"),
        ({"give": {"points": {"fixed": 1}, "coupon": {}}}, "/give/coupon", "unknown_key"),
        ({"give": {"badge": {}}}, "/give/badge", "missing"),
        ({"give": {"event": {"type": "Call them"}}}, "/give/event/type", "not_allowed"),
        ({"give": {"tier_step": {"by": 2}}}, "/give/tier_step/by", "unknown_key"),
        (
            {"give": {"points": {"fixed": 1, "campaign_multiplier": True}}},
            "/give/points/campaign_multiplier",
            "not_allowed",
        ),
        (
            {"campaign": "double", "give": {"points": {"per_currency_unit": 1, "campaign_multiplier": True}}},
            "/campaign",
            "not_allowed",
        ),
        ({"give": {"grant": {}}}, "/give/grant", "missing"),
        ({"give": {"grant": {"option": "mug", "quantity": 0}}}, "/give/grant/quantity", "out_of_range"),
        ({"give": {"grant": {"option": "a\x00b"}}}, "/give/grant/option", "not_allowed"),
        ({"give": {"grant": {"option": ""}}}, "/give/grant/option", "out_of_range"),
        ({"give": {"points": {}}}, "/give/points", "missing"),
        ({"give": {"points": {"fixed": 1, "per_unit": 1}}}, "/give/points", "not_allowed"),
        ({"give": {"points": {"fixed": True}}}, "/give/points/fixed", "wrong_type"),
        ({"give": {"points": {"fixed": 1.0}}}, "/give/points/fixed", "wrong_type"),
        ({"give": {"points": {"fixed": "500"}}}, "/give/points/fixed", "wrong_type"),
        ({"give": {"points": {"fixed": 10_000_001}}}, "/give/points/fixed", "out_of_range"),
        ({"give": {"points": {"fixed": 1, "category": "meals"}}}, "/give/points/category", "not_allowed"),
        ({"give": {"points": {"per_unit": 1.5}}}, "/give/points/per_unit", "wrong_type"),
        (
            {"give": {"points": {"per_currency_unit": 1, "only_categories": True}}},
            "/give/points/only_categories",
            "not_allowed",
        ),
        ({"give": {"points": {"fixed": 1, "tier_multiplier": "yes"}}}, "/give/points/tier_multiplier", "wrong_type"),
        ({"give": {"points": {"fixed": 1, "pending_days": "14"}}}, "/give/points/pending_days", "wrong_type"),
        ({"give": {"points": {"fixed": 1, "pending_days": 1_001}}}, "/give/points/pending_days", "out_of_range"),
        ({"give": {"points": {"fixed": 1, "expiry_months": 0}}}, "/give/points/expiry_months", "out_of_range"),
        ({"give": {"points": {"fixed": 1, "expires": "soon"}}}, "/give/points/expires", "not_a_choice"),
        (
            {"give": {"points": {"fixed": 1, "expires": "never", "expiry_months": 6}}},
            "/give/points/expires",
            "not_allowed",
        ),
        ({"activity": "social_share"}, "/activity", "not_allowed"),
        (
            {"trigger": "activity.recorded", "beneficiary": "customer", "activity": "Social share"},
            "/activity",
            "not_allowed",
        ),
        ({"trigger": "activity.recorded", "beneficiary": "buyer"}, "/beneficiary", "not_a_choice"),
        ({"when": 5}, "/when", "wrong_type"),
        ({"when": ""}, "/when", "syntax"),
        ({"when": "purchase.total"}, "/when", "type_error"),
        ({"when": "referrer.tier == 'gold'"}, "/when", "unknown_name"),
        ({"milestones": {"scope": "per_friend", "every": 5}}, "/milestones", "missing"),
        ({"milestones": {"scope": "x", "measure": "purchases", "every": 1}}, "/milestones/scope", "not_a_choice"),
        (
            {"milestones": {"scope": "per_friend", "measure": "units:", "every": 1}},
            "/milestones/measure",
            "not_a_choice",
        ),
        (
            {"milestones": {"scope": "per_friend", "measure": "purchases", "at": [1], "every": 1}},
            "/milestones",
            "not_allowed",
        ),
        (
            {"milestones": {"scope": "per_friend", "measure": "purchases", "at": [100, 1]}},
            "/milestones/at",
            "not_allowed",
        ),
        (
            {"milestones": {"scope": "per_friend", "measure": "purchases", "at": [0]}},
            "/milestones/at/0",
            "out_of_range",
        ),
        ({"milestones": {"scope": "per_friend", "measure": "purchases", "at": []}}, "/milestones/at", "out_of_range"),
        ({"limits": {"per_purchase": {}}}, "/limits/per_purchase", "missing"),
        ({"limits": {"per_customer": {}}}, "/limits/per_customer", "missing"),
        (
            {"give": {"grant": {"option": "mug"}}, "limits": {"per_customer": {"points": 5}}},
            "/limits/per_customer/points",
            "not_allowed",
        ),
        ({"on_refund": "forget"}, "/on_refund", "not_a_choice"),
        ({"priority": 1.5}, "/priority", "wrong_type"),
        ({"exclusive_group": 5}, "/exclusive_group", "wrong_type"),
        ({"schedule": None}, "/schedule", "wrong_type"),
        ({"schedule": {"from": "2026-02-30"}}, "/schedule/from", "out_of_range"),
        ({"schedule": {"from": "2026-11-01T00:00:00Z"}}, "/schedule/from", "wrong_type"),
        ({"schedule": {"from": "2026-11-01T00:00:30"}}, "/schedule/from", "wrong_type"),
        (
            {"schedule": {"to": datetime(2026, 11, 1, tzinfo=timezone(timedelta(hours=1)))}},
            "/schedule/to",
            "wrong_type",
        ),
        ({"schedule": {"to": "1989-12-31"}}, "/schedule/to", "out_of_range"),
        ({"schedule": {"from": "2026-11-01", "to": "2026-11-01"}}, "/schedule/to", "out_of_range"),
        ({"schedule": {"weekdays": ["sat", "sat"]}}, "/schedule/weekdays", "duplicate"),
        ({"schedule": {"hours": [1080, "22:00"]}}, "/schedule/hours/0", "wrong_type"),
        ({"schedule": {"hours": ["18:00"]}}, "/schedule/hours", "out_of_range"),
        ({"schedule": {"hours": ["18:00", "18:00"]}}, "/schedule/hours", "out_of_range"),
        ({"schedule": {"hours": ["24:00", "02:00"]}}, "/schedule/hours", "out_of_range"),
        ({1: "x"}, "", "wrong_type"),
    ],
)
def test_one_thing_wrong_is_one_problem(changed, pointer, code):
    assert problems_of({**definition(), **changed}) == [(pointer, code)]
