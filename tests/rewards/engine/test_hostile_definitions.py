"""A definition of any size, depth or shape is refused at once, and echoes next to nothing."""

import time

import pytest

from rewards.engine.definition import parse
from rewards.engine.problems import PROBLEMS_MAX, DefinitionError
from tests.rewards.engine.examples import definition

MEGABYTES = "x" * 5_000_000


def nested(levels, leaf=None):
    value = leaf
    for _ in range(levels):
        value = {"points": value}
    return value


def itself():
    loop = definition()
    loop["give"] = loop
    return loop


HOSTILE = {
    "clauses in a list": lambda: definition(when=[{"op": "eq", "value": n} for n in range(10_000)]),
    "clauses in the text": lambda: definition(when=" && ".join(["purchase.total > 1"] * 10_000)),
    "as many clauses as fit": lambda: definition(when="||".join(["1==1"] * 400)),
    "unknown keys": lambda: {**definition(), **{f"key{n}": n for n in range(100_000)}},
    "deep mappings": lambda: definition(nested(1000)),
    "deep parentheses": lambda: definition(when="(" * 600 + "1" + ")" * 600),
    "deep lists": lambda: definition(when="[" * 400),
    "deep negation": lambda: definition(when="!" * 499 + "true"),
    "a long sum": lambda: definition(when="1" + "+1" * 249 + " > 0"),
    "a long choice": lambda: definition(when="true?1:" * 99 + "1"),
    "a long text as condition": lambda: definition(when=MEGABYTES),
    "a long text as trigger": lambda: {**definition(), "trigger": MEGABYTES},
    "a long text as option": lambda: definition({"grant": {"option": MEGABYTES}}),
    "a long text as a key": lambda: {**definition(), MEGABYTES: 1},
    "a long text as a number": lambda: definition({"points": {"per_currency_unit": "1" * 5_000_000}}),
    "a long text as a date": lambda: definition(schedule={"from": "2026-11-01T" + MEGABYTES}),
    "a number of many digits": lambda: definition({"points": {"fixed": 10**5000}}),
    "a rate of many digits": lambda: definition({"points": {"per_currency_unit": 10**5000}}),
    "a key of many digits": lambda: {**definition(), 10**5000: 1},
    "an int literal of many digits": lambda: definition(when=f"{'9' * 1990} > 1"),
    "a regular expression": lambda: definition(when="'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('(a+)+$')"),
    "an attribute": lambda: definition(when="purchase.__class__.__mro__ == 1"),
    "a macro": lambda: definition(when="purchase.skus.all(sku, sku == '')"),
    "a surrogate": lambda: definition(when="'\ud800' == ''"),
    "a NUL": lambda: definition(when="'\x00' == ''"),
    "itself": itself,
    "many categories": lambda: definition(
        {"points": {"per_currency_unit": 1, "categories": dict.fromkeys(map(str, range(100_000)), 1)}}
    ),
    "many milestones": lambda: definition(
        milestones={"scope": "per_friend", "measure": "purchases", "at": list(range(1, 100_000))}
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_it_is_refused_within_a_tenth_of_a_second(case):
    raw = HOSTILE[case]()
    started = time.process_time()
    with pytest.raises(DefinitionError) as caught:
        parse(raw)
    took = time.process_time() - started
    problems = caught.value.problems
    assert took < 0.1
    assert 1 <= len(problems) <= PROBLEMS_MAX
    assert all(len(problem.pointer) < 200 and len(problem.detail) < 300 for problem in problems)
    assert len(str(caught.value)) < 1000
