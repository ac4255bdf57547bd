"""Whatever is posted, the answer is a documented success or a problem document, and never a 500."""

import copy
import itertools
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.caller import PROBLEM, assert_problem, evaluate_all, purchase
from tests.api.conftest import BODIES
from tests.api.test_idempotency import MONEY

pytestmark = pytest.mark.django_db

serial = itertools.count()
WITH_CONFLICTS = {200, 202, 409}
SUCCESSES = {
    "purchases": {200, 202},
    "customers": {200, 201},
    "activities": {200, 202},
    "codes": {201},
    "refunds": WITH_CONFLICTS,
    "lines": WITH_CONFLICTS,
    "payments": WITH_CONFLICTS,
    "quotes": {200},
    "read": {200},
    "endpoints": {201},
    "services": {200, 201},
}
many = settings(
    max_examples=200,
    deadline=None,
    database=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

texts = st.text(max_size=30) | st.sampled_from(
    ["", "null", "\u00a0", "\u202e", "٣", "2026-11-20T12:00:00Z", "USD", "x" * 300]
)
numbers = st.integers() | st.floats() | st.sampled_from([0, -1, 2**31, 2**63, 10**12, 10**12 + 1, 10**30])
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def places(value, path=()):
    """The paths of everything inside a body."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from places(child, (*path, key))


@st.composite
def mutated(draw, body):
    """A valid body in which up to three places say something else, or are gone."""
    changed = copy.deepcopy(body)
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(sorted(places(changed), key=str)))
        inside = changed
        for key in way:
            inside = inside[key]
        if draw(st.booleans()):
            inside[last] = draw(values)
        else:
            del inside[last]
        if not changed:
            break
    return changed


def assert_documented(answer, name):
    if answer["Content-Type"] == PROBLEM:
        assert answer.status_code in {400, 404, 409, 413}
        assert_problem(answer, answer.status_code)
    else:
        assert answer.status_code in SUCCESSES[name], answer.content[:300]


@many
@given(body=values)
def test_any_json_is_answered(endpoint_name, api, populated, body):
    assert_documented(api.post(BODIES[endpoint_name][0], body), endpoint_name)


@many
@given(data=st.data())
def test_any_change_of_a_valid_body_is_answered(endpoint_name, api, populated, data):
    path, body = BODIES[endpoint_name]
    assert_documented(api.post(path, data.draw(mutated(body))), endpoint_name)


@many
@given(data=st.data())
def test_any_change_of_a_valid_instruction_is_answered(till, generous, data):
    path, body, status = MONEY[data.draw(st.sampled_from(sorted(MONEY)))]
    answer = till.do(path, data.draw(mutated(body)))
    if answer.status_code == status:
        return
    assert answer.status_code in {400, 403, 404, 409}
    assert_problem(answer, answer.status_code)


@many
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_answered(api, populated, raw):
    assert_documented(api.post(BODIES["purchases"][0], raw), "purchases")


@settings(many, max_examples=50)
@given(bodies=st.lists(mutated(purchase()) | st.builds(purchase), min_size=1, max_size=8))
def test_any_list_gets_its_outcomes_and_whatever_is_accepted_can_be_evaluated(api, populated, bodies):
    for body in bodies:
        if isinstance(body.get("event_id"), str):
            body["event_id"] = body["order_id"] = f"fuzz-{next(serial)}"
    answer = api.post(BODIES["purchases"][0], bodies)
    if answer.status_code == 400:  # Something in it is no JSON, or no text.
        assert_problem(answer, 400, "malformed")
        return
    results = answer.json()["results"]
    assert (answer.status_code, len(results)) == (202, len(bodies))
    evaluate_all()
    for result in results:
        assert result["http_status"] in {200, 202, 400, 409}
        if result["http_status"] == 202:
            assert api.get(result["status_url"]).json()["status"] == "evaluated"


@pytest.fixture(params=BODIES)
def endpoint_name(request):
    return request.param
