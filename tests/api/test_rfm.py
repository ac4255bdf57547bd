"""What is answered about how customers buy."""

import jsonschema
import pytest
from django.core.management import call_command

from referrals.api.rfm import RFM
from referrals.models import CustomerRfm
from tests.api.caller import CUSTOMERS, assert_problem
from tests.factories.referrals import CustomerFactory

pytestmark = pytest.mark.django_db


def test_it_is_computed_on_demand_and_says_of_when_it_is(api, populated, capsys):
    call_command("recompute_rfm")
    assert capsys.readouterr().out == "corner-shop: 1\n"
    answer = api.get(f"{CUSTOMERS}/alice/rfm").json()
    jsonschema.validate(answer, RFM)
    assert {name: answer[name] for name in ("customer", "frequency", "monetary", "segment", "window_days")} == {
        "customer": "alice", "frequency": 1, "monetary": 2599, "segment": "loyal", "window_days": 365,
    }  # fmt: skip
    assert answer["computed_at"].startswith(f"{CustomerRfm.objects.get().computed_at:%Y-%m-%dT%H:%M:%S}")


def test_of_who_has_none_there_are_zeroes(api, populated):
    answer = api.get(f"{CUSTOMERS}/alice/rfm").json()
    jsonschema.validate(answer, RFM)
    assert (answer["frequency"], answer["monetary"], answer["segment"], answer["computed_at"]) == (0, 0, None, None)


def test_another_merchants_customer_is_absent(api, shop):
    assert_problem(api.get(f"{CUSTOMERS}/{CustomerFactory().uuid}/rfm"), 404, "not_found")
