"""Other systems write, try and publish policies."""

import csv
import io

import jsonschema
import pytest
from django.utils import timezone

from rewards.api.backtests import BACKTEST
from rewards.api.policies import CHANGES, POLICIES, POLICY, VERSION
from rewards.api.trials import DRY_RUN, TRACE
from rewards.services.trials.backtests import run_next_backtest
from tests.api.caller import PURCHASES, assert_problem, evaluate_all

pytestmark = pytest.mark.django_db

HERE = "/api/v1/policies"
THANKS = f"{HERE}/thanks"
WORDS = {
    "name": "Thanks",
    "definition": {
        "trigger": "purchase.completed",
        "beneficiary": "buyer",
        "when": "purchase.total >= 1000",
        "give": {"points": {"per_currency_unit": 2}},
    },
    "examples": [{"name": "Ten dollars", "purchase": {"total": 1000}, "gives": {"points": 20}}],
}


def words(**changes):
    return {**WORDS, "definition": {**WORDS["definition"], **changes}}


def create(api, **changes):
    return api.post(HERE, {"code": "thanks", **WORDS, **changes})


def has_shape(answer, shape, status=200):
    assert answer.status_code == status, answer.text[:500]
    jsonschema.Draft202012Validator(shape).validate(answer.json())
    return answer.json()


def test_a_policy_is_drafted_published_and_ended(api):
    made = has_shape(create(api), POLICY, 201)
    assert (made["draft"], made["in_force"]) == (1, None)
    published = has_shape(api.post(f"{THANKS}/publish", {}), POLICY)
    assert (published["draft"], published["in_force"]) == (None, 1)
    assert has_shape(api.get(f"{THANKS}/versions/1"), VERSION)["examples"] == WORDS["examples"]
    later = has_shape(api.send("PUT", THANKS, words(when="purchase.total > 0")), POLICY)
    assert [each["standing"] for each in later["versions"]] == ["draft", "in_force"]
    has_shape(api.post(f"{THANKS}/publish", {"at": "2090-01-01T00:00:00Z"}), POLICY)
    assert [each["standing"] for each in api.get(THANKS).json()["versions"]] == ["scheduled", "in_force"]
    ended = has_shape(api.post(f"{THANKS}/retire", {}), POLICY)
    assert {each["standing"] for each in ended["versions"]} == {"retired"}
    changes = has_shape(api.get(f"{THANKS}/changes"), CHANGES)["changes"]
    assert [each["action"] for each in changes][-3:] == ["drafted", "published", "drafted"]


def test_a_used_policy_is_not_deleted_and_a_draft_may_go(api):
    create(api)
    assert api.send("DELETE", THANKS).status_code == 204
    create(api)
    api.post(f"{THANKS}/publish", {})
    assert_problem(api.send("DELETE", THANKS), 409, "policy_in_use")
    api.send("PUT", THANKS, WORDS)
    assert api.send("DELETE", f"{THANKS}/draft").status_code == 204
    assert_problem(api.send("DELETE", f"{THANKS}/draft"), 404, "no_draft")


def test_policies_are_listed_page_by_page(api):
    codes = []
    page = {"next": ""}
    while page["next"] is not None:
        following = f"&cursor={page['next']}" if page["next"] else ""
        page = has_shape(api.get(f"{HERE}?page_size=1{following}"), POLICIES)
        codes += [policy["code"] for policy in page["policies"]]
    assert codes == [policy["code"] for policy in api.get(HERE).json()["policies"]]
    assert len(codes) == len(set(codes)) > 1


REFUSED = {
    "an unknown name": ("true && purchase.totl > 5", "unknown_name", 8),
    "a type error": ("purchase.total == 'a'", "type_error", 15),
    "10,000 clauses": (" && ".join(["purchase.total > 1"] * 10_000), "too_long", 2000),
    "1,000 levels": ("(" * 1000 + "true" + ")" * 1000, "too_long", 2000),
    "100 levels": ("(" * 100 + "true" + ")" * 100, "too_deep", 50),
}


@pytest.mark.parametrize("when", REFUSED)
def test_an_expression_that_cannot_be_is_refused_with_a_pointer_to_the_place(api, when):
    text, code, offset = REFUSED[when]
    problem = assert_problem(create(api, **words(when=text)), 400, "policy_invalid")
    ((mistake),) = problem["errors"]
    assert (mistake["pointer"], mistake["code"], mistake["offset"]) == ("/definition/when", code, offset)
    assert_problem(api.get(THANKS), 404)


def test_a_failing_example_stops_the_publication(api):
    create(api, examples=[{**WORDS["examples"][0], "gives": {"points": 21}}])
    problem = assert_problem(api.post(f"{THANKS}/publish", {}), 409, "examples_fail")
    assert [mistake["pointer"] for mistake in problem["errors"]] == ["/examples/0"]


def test_a_dry_run_and_the_trace_of_what_then_happens(api):
    create(api)
    asked = {"total": 2599, "items": [{"unit_price": 1200, "quantity": 2, "category": "meals"}], "drafts": ["thanks"]}
    (decision,) = has_shape(api.post(f"{HERE}/dry-run", asked), DRY_RUN)["decisions"]
    (thanks,) = (each for each in decision["policies"] if each["policy"] == "thanks")
    assert (thanks["gives"][0]["points"], thanks["version"]) == (51, None)
    api.post(f"{THANKS}/publish", {})
    bought = api.buy()
    evaluate_all()
    trace = has_shape(api.get(f"{PURCHASES}/order-1/trace"), TRACE)
    (thanks,) = (each for each in trace["policies"] if each["policy"] == "thanks")
    assert thanks["clauses"] == [{"text": "purchase.total >= 1000", "value": True, "saw": {"purchase.total": 2599}}]
    assert thanks["gave"] == ["You received 51 points."]
    assert bought.status_code == 202


def test_a_dry_run_needs_something_to_try_and_finds_only_what_is_there(api):
    assert_problem(api.post(f"{HERE}/dry-run", {}), 400)
    assert_problem(api.post(f"{HERE}/dry-run", {"total": 5, "customer": "nobody"}), 404)
    assert_problem(api.post(f"{HERE}/dry-run", {"total": 5, "drafts": ["thanks"]}), 404, "no_draft")


def test_a_backtest_is_started_read_and_exported(api):
    api.buy()
    evaluate_all()
    create(api)
    started = has_shape(api.post("/api/v1/backtests", {"drafts": ["thanks"]}), BACKTEST, 202)
    assert (started["state"], started["result"]) == ("pending", None)
    assert run_next_backtest(clock=timezone.now)
    done = has_shape(api.get(f"/api/v1/backtests/{started['id']}"), BACKTEST)
    assert (done["state"], done["done"], done["result"]["points_difference"]) == ("done", 1, 51)
    exported = api.get(f"/api/v1/backtests/{started['id']}/outcomes").text
    assert [row["points_difference"] for row in csv.DictReader(io.StringIO(exported))] == ["51"]


def test_a_backtest_of_nothing_is_refused_and_others_are_not_found(api, new_merchant, new_caller):
    assert_problem(api.post("/api/v1/backtests", {}), 409, "nothing_to_try")
    started = api.post("/api/v1/backtests", {"definitions": {"x": WORDS["definition"]}}).json()
    elsewhere = new_caller(new_merchant("elsewhere"))
    assert_problem(elsewhere.get(f"/api/v1/backtests/{started['id']}"), 404, "not_found")
    create(api)
    assert_problem(elsewhere.get(THANKS), 404, "not_found")
    assert_problem(elsewhere.send("DELETE", THANKS), 404, "not_found")
