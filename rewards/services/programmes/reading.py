"""Reading a programme: it is checked whole, every problem is named, and it is brought to its full form."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.numbers import get_currency_precision, is_currency
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from config.lib.time_zones import time_zones
from credits.models.wallets import ExpiryRule
from referrals.models.links import Channel
from rewards.engine.definition import parse
from rewards.engine.examples import Setting, check_examples
from rewards.engine.problems import DefinitionError, Problem
from rewards.models.catalog import DiscountType
from rewards.services.programmes.amounts import MONEY_BENEFITS, minor_units, multiplier, point_value
from rewards.services.programmes.campaigns import unknown_names, wrong_campaigns
from rewards.services.programmes.document import Source
from rewards.services.programmes.experiments import wrong_experiments
from rewards.services.programmes.full_form import KEYS, Programme, full_form
from rewards.services.programmes.option_terms import wrong_terms
from rewards.services.programmes.schema import SHAPE

_KINDS = {
    "object": "a mapping of keys to values",
    "array": "a list",
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_LEAP_YEAR = 2024
_CODED = (
    "destinations", "messages", "tiers", "partners", "reward_types", "reward_options", "segments", "badges",
    "campaigns", "policies", "experiments",
)  # fmt: skip
# JSON Schema calls 5.0 an integer; a count of points or months is none.
_WHOLE = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
)
_SHAPE = extend(Draft202012Validator, type_checker=_WHOLE)(SHAPE)


def read_programme(source: Source) -> Programme:
    """The programme that a source says, in its full form.

    :raises ProgrammeInvalid: naming everything that is wrong with it.
    """
    source.refuse(list(_misshapen(source.data)))
    written: dict[str, Any] = source.data
    source.refuse(
        [
            *_unknown_to_the_world(written["merchant"]),
            *_repeated(written),
            *_wrong_subjects(written),
            *_impossible_amounts(written),
            *_wrong_wallet(written["wallet"], written["merchant"]["currency"]),
            *_wrong_tiers(written["tiers"]),
            *_wrong_discounts(written),
            *_missing_references(written),
            *wrong_terms(written),
            *wrong_campaigns(written),
            *_wrong_policies(written),
            *wrong_experiments(written),
        ]
    )
    return full_form(written)


def _misshapen(data: Any) -> Iterator[Problem]:
    for error in sorted(_SHAPE.iter_errors(data), key=lambda error: list(map(str, error.absolute_path))):
        yield from _said_of_shape(error)


def _said_of_shape(error: ValidationError) -> Iterator[Problem]:
    place = _pointer(error.absolute_path)
    if error.validator == "additionalProperties":
        for key in sorted(error.instance.keys() - error.schema["properties"].keys()):
            yield Problem(_pointer([*error.absolute_path, key]), "unknown_key", "this key is not known here")
    elif error.validator == "pattern":
        yield Problem(place, "wrong_form", f"must be {error.schema['description']}")
    elif error.validator == "type":
        kinds = [error.validator_value] if isinstance(error.validator_value, str) else error.validator_value
        yield Problem(place, "wrong_type", f"must be {' or '.join(_KINDS[kind] for kind in kinds)}")
    elif error.validator == "enum":
        yield Problem(place, "not_a_choice", f"must be one of {', '.join(error.validator_value)}")
    else:
        yield Problem(place, str(error.validator), error.message)


def _pointer(keys: Iterable[str | int]) -> str:
    return "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in keys)


def _unknown_to_the_world(merchant: dict[str, Any]) -> Iterator[Problem]:
    if not is_currency(merchant["currency"]):
        yield Problem("/merchant/currency", "unknown", "is not a currency of ISO 4217")
    if merchant["time_zone"] not in time_zones():
        yield Problem("/merchant/time_zone", "unknown", "is not a time zone, such as Europe/Berlin")


def _repeated(written: dict[str, Any]) -> Iterator[Problem]:
    for section in _CODED:
        key = KEYS.get(section, "code")
        counts = Counter(item[key] for item in written.get(section, ()))
        for index, item in enumerate(written.get(section, ())):
            if counts[item[key]] > 1:
                yield Problem(f"/{section}/{index}/{key}", "duplicate", f"the {key} {item[key]} occurs more than once")


def _wrong_subjects(written: dict[str, Any]) -> Iterator[Problem]:
    for index, message in enumerate(written.get("messages", ())):
        if message.get("subject") and message["channel"] != Channel.EMAIL:
            yield Problem(f"/messages/{index}/subject", "not_allowed", "only an e-mail has a subject")


def _impossible_amounts(written: dict[str, Any]) -> Iterator[Problem]:
    currency = written["merchant"]["currency"]
    for place, amount in _amounts(written):
        if minor_units(amount, currency) is None:
            yield Problem(place, "out_of_range", f"{currency} has no such amount, or it is too large")


def _amounts(written: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if "referrals" in written:
        yield "/referrals/minimum_purchase", written["referrals"]["minimum_purchase"]
    for index, tier in enumerate(written["tiers"]):
        if "spend" in tier.get("requirements", {}):
            yield f"/tiers/{index}/requirements/spend", tier["requirements"]["spend"]
        for name in sorted(MONEY_BENEFITS & tier.get("benefits", {}).keys()):
            yield f"/tiers/{index}/benefits/{name}", tier["benefits"][name]
    for index, reward_type in enumerate(written["reward_types"]):
        if reward_type.get("discount_type") == DiscountType.FIXED:
            yield f"/reward_types/{index}/discount_value", reward_type.get("discount_value", 0)


def _wrong_wallet(wallet: dict[str, Any], currency: str) -> Iterator[Problem]:
    is_fixed, day = wallet.get("expiry_rule") == ExpiryRule.FIXED_DAY, wallet.get("expiry_day", "")
    if is_fixed and not _is_day(day):
        yield Problem("/wallet/expiry_day", "wrong_form", "must be a month and a day, such as 12-31")
    elif day and not is_fixed:
        yield Problem("/wallet/expiry_day", "not_allowed", "has no meaning without expiry_rule fixed_day")
    if "point_value" in wallet and point_value(wallet["point_value"], currency) is None:
        detail = "must be whole ten-thousandths of the smallest unit of the currency, and less than 10^8 of it"
        yield Problem("/wallet/point_value", "out_of_range", detail)


def _is_day(day: str) -> bool:
    try:
        return bool(date.fromisoformat(f"{_LEAP_YEAR}-{day}"))
    except ValueError:
        return False


def _wrong_tiers(tiers: list[dict[str, Any]]) -> Iterator[Problem]:
    for index, tier in enumerate(tiers):
        if "points_multiplier" in tier and multiplier(tier["points_multiplier"]) is None:
            detail = "must be from 0.001 to 100, with at most three decimal places"
            yield Problem(f"/tiers/{index}/points_multiplier", "out_of_range", detail)
    if tiers and any(Decimal(str(least)) for least in tiers[0].get("requirements", {}).values()):
        yield Problem("/tiers/0/requirements", "not_allowed", "the lowest tier is everybody's: it requires nothing")


def _wrong_discounts(written: dict[str, Any]) -> Iterator[Problem]:
    for index, reward_type in enumerate(written["reward_types"]):
        kind = reward_type.get("discount_type", DiscountType.NONE)
        value = Decimal(str(reward_type.get("discount_value", 0)))
        place = f"/reward_types/{index}/discount_value"
        if kind == DiscountType.PERCENTAGE and not (1 <= value <= 100 and value == int(value)):
            yield Problem(place, "out_of_range", "must be a whole percentage from 1 to 100")
        elif kind == DiscountType.FIXED and value == 0:
            yield Problem(place, "out_of_range", "must be more than 0")
        elif kind in {DiscountType.FREE, DiscountType.NONE} and value != 0:
            yield Problem(place, "not_allowed", f"has no meaning with discount_type {kind}")


def _missing_references(written: dict[str, Any]) -> Iterator[Problem]:
    types = {item["code"] for item in written["reward_types"]}
    for index, option in enumerate(written["reward_options"]):
        if option["reward_type"] not in types:
            detail = f"there is no reward type {option['reward_type']} in this programme"
            yield Problem(f"/reward_options/{index}/reward_type", "unknown", detail)


def _wrong_policies(written: dict[str, Any]) -> Iterator[Problem]:
    setting = _setting(written)
    active = {item["code"]: item.get("is_active", True) for item in written["reward_options"]}
    for index, policy in enumerate(written["policies"]):
        place = f"/policies/{index}/definition"
        try:
            definition = parse(policy["definition"])
        except DefinitionError as error:
            yield from (Problem(place + each.pointer, each.code, each.detail) for each in error.problems)
            continue
        yield from (
            Problem(place + pointer, "unknown", detail) for pointer, detail in unknown_names(written, definition)
        )
        option = definition.give.option if definition.give.kind == "grant" else ""
        if option and not active.get(option, False):
            state = "is not active" if option in active else "is not in this programme"
            yield Problem(f"{place}/give/grant/option", "unknown", f"the reward option {option} {state}")
        problems = check_examples(definition, policy.get("examples", []), setting)
        yield from (Problem(f"/policies/{index}{each.pointer}", each.code, each.detail) for each in problems)


def _setting(written: dict[str, Any]) -> Setting:
    """What examples presume; a multiplier that cannot be used is a problem of its own."""
    currency = written["merchant"]["currency"]
    return Setting(
        currency=currency,
        minor_digits=get_currency_precision(currency),
        multipliers={
            tier["code"]: Fraction(multiplier(tier.get("points_multiplier", 1)) or 1) for tier in written["tiers"]
        },
    )
