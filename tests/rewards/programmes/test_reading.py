"""A programme that cannot be used is refused with every problem, and with the line and place of each."""

import jsonschema
import pytest

from rewards.services.programmes.document import ProgrammeInvalid
from rewards.services.programmes.schema import SCHEMA
from tests.rewards.programmes.examples import TEXT, WRITTEN, read


def problems(old, new):
    """The problems of the small programme after a replacement: (line, pointer, detail)."""
    assert TEXT.count(old) == 1
    with pytest.raises(ProgrammeInvalid) as caught:
        read(TEXT.replace(old, new))
    return [(int(each["line"]), each["pointer"], each["detail"]) for each in caught.value.errors]


def message(text):
    with pytest.raises(ProgrammeInvalid) as caught:
        read(text)
    return caught.value.detail


def test_the_published_schema_is_a_schema_and_the_small_programme_follows_it():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(WRITTEN)


@pytest.mark.parametrize(
    ("old", "new", "line", "pointer", "detail"),
    [
        ("currency: USD", "currency: XQQ", 5, "/merchant/currency", "not a currency"),
        ("currency: USD", "currency: usd", 5, "/merchant/currency", "ISO 4217"),
        ("Europe/Berlin", "Europe/Bielefeld", 6, "/merchant/time_zone", "not a time zone"),
        ("slug: corner-shop", "slug: corner shop", 2, "/merchant/slug", "short name"),
        ("slug: corner-shop", 'slug: "corner-shop\\n"', 2, "/merchant/slug", "short name"),
        ("name: Corner Shop", "nickname: Corner Shop", 3, "/merchant/nickname", "not known here"),
        ("name: Corner Shop", "nickname: Corner Shop", 1, "/merchant", "'name' is a required property"),
        ("minimum_purchase: 10.00", "minimum_purchase: 10.001", 8, "/referrals/minimum_purchase", "no such amount"),
        ("minimum_purchase: 10.00", "minimum_purchase: -1", 8, "/referrals/minimum_purchase", "minimum"),
        ("minimum_purchase: 10.00", "minimum_purchase: 1.0e+300", 8, "/referrals/minimum_purchase", "too large"),
        ("expiry_months: 24", "expiry_months: 24.0", 12, "/wallet/expiry_months", "a whole number or null"),
        ("return_policy: owed", "return_policy: keep", 13, "/wallet/return_policy", "must be one of owed, forgive"),
        ("policy: owed", "policy: owed\n  tier_window: weekly", 14, "/wallet/tier_window", "must be one of lifetime"),
        ("policy: owed", "policy: owed\n  point_value: 0.0000001", 14, "/wallet/point_value", "ten-thousandths"),
        ("policy: owed", "policy: owed\n  expiry_day: 12-31", 14, "/wallet/expiry_day", "no meaning without"),
        ("policy: owed", "policy: owed\n  expiry_rule: fixed_day", 9, "/wallet/expiry_day", "month and a day"),
        (
            "policy: owed",
            "policy: owed\n  expiry_rule: fixed_day\n  expiry_day: 02-30",
            15,
            "/wallet/expiry_day",
            "month and a day",
        ),
        ("policy: owed", "policy: owed\n  transfer_day_max: 0", 14, "/wallet/transfer_day_max", "minimum"),
        ("name: Bronze", "name: Bronze, requirements: {spend: 1}", 15, "/tiers/0/requirements", "requires nothing"),
        ("code: silver", "code: bronze", 16, "/tiers/1/code", "more than once"),
        ("multiplier: 1.25", "multiplier: 1.2345", 16, "/tiers/1/points_multiplier", "three decimal places"),
        ("multiplier: 1.25", "multiplier: 0", 16, "/tiers/1/points_multiplier", "from 0.001"),
        ("threshold: 25.00", "threshold: 25.001", 17, "/tiers/2/benefits/free_shipping_threshold", "no such amount"),
        ("early_access: true", "early_access: [1]", 17, "/tiers/2/benefits/early_access", "must be true or"),
        ("early_access: true", "Early Access: true", 17, "/tiers/2/benefits", "small letters"),
        ("discount_value: 5.00", "discount_value: 0", 19, "/reward_types/0/discount_value", "more than 0"),
        ("category: merchandise", "category: magic", 20, "/reward_types/1/category", "must be one of repair"),
        ("reward_type: thing", "reward_type: thought", 23, "/reward_options/1/reward_type", "no reward type thought"),
        ("points_required: 500", "points_required: 0", 22, "/reward_options/0/points_required", "minimum"),
        ("fixed: 100", "fixed: many", 27, "/policies/0/definition/give/points/fixed", "must be a whole number"),
        ("trigger: purchase.completed", "trigger: magic", 27, "/policies/0/definition/trigger", "must be one of"),
        ("option: mug", "option: cup", 30, "/policies/1/definition/give/grant/option", "cup is not in this programme"),
    ],
)
def test_a_problem_is_told_with_its_line_and_place(old, new, line, pointer, detail):
    found = {(at, place): said for at, place, said in problems(old, new)}
    assert detail in found[line, pointer]


@pytest.mark.parametrize(
    ("kind", "value"), [("percentage", 0), ("percentage", 101), ("percentage", 12.5), ("free", 1), ("none", 1)]
)
def test_a_discount_that_makes_no_sense_is_refused(kind, value):
    found = problems("discount_type: fixed, discount_value: 5.00", f"discount_type: {kind}, discount_value: {value}")
    assert [(line, pointer) for line, pointer, _ in found] == [(19, "/reward_types/0/discount_value")]


def test_all_problems_are_told_at_once():
    wrong = TEXT.replace("USD", "XQQ").replace("thing}", "thought}").replace("fixed: 100", "fixed: 0")
    assert message(wrong).count("\n") == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "corner-shop.yaml:1: /: must be a mapping of keys to values"),
        ("[1, 2]", "corner-shop.yaml:1: /: must be a mapping of keys to values"),
        ("merchant: {", "corner-shop.yaml:1: expected the node content, but found '<stream end>'"),
        ("a: 1\nb: 2\na: 3", "corner-shop.yaml:3: the key a occurs twice"),
        ("a: 1\nyes: 2", "corner-shop.yaml:2: keys must be text: put this one in quotes"),
        ("a: &x 1\nb: *x", "corner-shop.yaml:2: references (*name) are not supported: write it out"),
        ("a: 1\nb: .inf", "corner-shop.yaml:2: must be a number"),
        ("a: 1\nb: !!python/name:os.system x", "could not determine a constructor"),
        ("a: " + "9" * 5000, "corner-shop.yaml: "),
        ("a: \x00", "corner-shop.yaml: "),
    ],
)
def test_text_that_cannot_be_relied_on_is_refused(text, said):
    assert said in message(text)


def test_a_date_stays_the_text_that_was_written():
    weekend = "buyer, schedule: {from: 2026-11-21, to: 2026-11-23}, give: {points: {fixed: 100}}"
    changed = read(TEXT.replace("buyer, give: {points: {fixed: 100}}", weekend))
    assert changed["policies"][0]["definition"]["schedule"] == {"from": "2026-11-21", "to": "2026-11-23"}


@pytest.mark.parametrize("amount", ["500", "500.0", "500.00", '"500.00"', '"500"'])
def test_an_amount_may_be_written_in_several_ways(amount):
    assert read(TEXT.replace("spend: 500.00", f"spend: {amount}")) == read()
