"""What a programme may look like, as a JSON Schema; `manage.py program schema` prints it for editors."""

from typing import Any

from django.db.models import Model, TextChoices

from credits.models.tiers import Tier
from credits.models.wallets import ExpiryRule, ReturnPolicy, TierDowngrade, TierWindow, Wallet
from referrals.models.merchants import Merchant
from rewards.engine.campaigns.definition import JSON_SCHEMA as CAMPAIGN_SCHEMA
from rewards.engine.definition import JSON_SCHEMA
from rewards.engine.examples import SCHEMA as EXAMPLES_SCHEMA
from rewards.models.badges import Badge
from rewards.models.campaigns import Campaign
from rewards.models.catalog import Category, DiscountType, RewardOption, RewardType
from rewards.models.policies import Policy
from rewards.models.segments import Segment
from rewards.services.programmes import option_terms
from rewards.services.programmes.amounts import MONEY_BENEFITS

# The end of the text is said twice, because `$` alone also allows a line break after it.
_END = r"$(?!\n)"
_PRINTABLE = r"^[^\x00-\x1f\x7f\ud800-\udfff]+" + _END
_AMOUNT_PATTERN = r"^[0-9]{1,13}(\.[0-9]{1,4})?" + _END
_VALUE_PATTERN = r"^[0-9]{1,13}(\.[0-9]{1,8})?" + _END
_DAY_PATTERN = r"^((0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?" + _END
DAYS_MAX = 3650
COUNT_MAX = 10**9
POINTS_MAX = 10**12

Schema = dict[str, Any]


def _longest(model: type[Model], column: str) -> int:
    field: Any = model._meta.get_field(column)
    return int(field.max_length)


def _code(model: type[Model], column: str = "code") -> Schema:
    return {
        "description": f"a code of at most {_longest(model, column)} letters, digits, hyphens and underscores",
        "type": "string",
        "maxLength": _longest(model, column),
        "pattern": r"^[-a-zA-Z0-9_]+" + _END,
    }


def _words(model: type[Model], column: str = "name") -> Schema:
    return {
        "description": "text on one line",
        "type": "string",
        "minLength": 1,
        "maxLength": _longest(model, column),
        "pattern": _PRINTABLE,
    }


def _prose() -> Schema:
    return {"description": "text", "type": "string", "maxLength": 2000, "pattern": r"^[^\x00\ud800-\udfff]*$"}


def _amount() -> Schema:
    return {
        "description": "an amount of money in units of the currency, such as 25 or 25.00",
        "type": ["number", "string"],
        "minimum": 0,
        "pattern": _AMOUNT_PATTERN,
    }


def _mapping(properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key for key in properties if key not in optional],
        "properties": properties,
    }


def _choice(choices: type[TextChoices]) -> Schema:
    return {
        "description": "; ".join(f"{value}: {label.lower()}" for value, label in choices.choices),
        "enum": choices.values,
    }


def _days(description: str) -> Schema:
    return {"description": description, "type": "integer", "minimum": 0, "maximum": DAYS_MAX}


def _list(item: Schema, count_max: int, description: str) -> Schema:
    return {"description": description, "type": "array", "maxItems": count_max, "items": item}


_MERCHANT = _mapping(
    {
        "slug": {**_code(Merchant, "slug"), "description": "the merchant's short name, which never changes"},
        "name": _words(Merchant),
        "domain": {
            "description": "the host of the merchant's pages",
            "type": ["string", "null"],
            "maxLength": _longest(Merchant, "domain"),
            "pattern": r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?" + _END,
        },
        "currency": {"description": "an ISO 4217 code, such as USD", "type": "string", "pattern": "^[A-Z]{3}" + _END},
        "time_zone": {"description": "an IANA name, such as Europe/Berlin", "type": "string"},
    },
    optional=("domain",),
)
_REFERRALS = _mapping(
    {
        "minimum_purchase": {
            **_amount(),
            "description": "what a friend's first purchase must reach for the referral to qualify",
        },
        "days_to_qualify": {
            "description": "days from joining within which that purchase counts; null: any",
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": DAYS_MAX,
        },
        "hold_days": _days("days for which points for that purchase wait before they can be spent"),
        "verified_email": {
            "description": "whether a friend who registers joins only once their e-mail is verified, or by buying",
            "type": "boolean",
        },
        "households": {
            "description": "whether people who share an address or a device may refer each other",
            "type": "boolean",
        },
    },
    optional=("days_to_qualify", "hold_days", "verified_email", "households"),
)
_WALLET = _mapping(
    {
        "code": _code(Wallet),
        "unit_name": {**_words(Wallet, "unit_name"), "description": "what the merchant calls its points"},
        "expiry_months": {
            "description": "calendar months from earning to expiry; null: points never expire",
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": 1200,
        },
        "return_policy": _choice(ReturnPolicy),
        "expiry_rule": _choice(ExpiryRule),
        "expiry_day": {
            "description": "month and day such as 12-31 for points that expire on a fixed day, else empty",
            "type": "string",
            "pattern": _DAY_PATTERN,
        },
        "pending_days": _days("days from earning until points can be spent"),
        "restore_grace_days": _days("how long points live on that lapsed before what they had paid for was undone"),
        "point_value": {
            "description": "what a point is worth, in units of the currency, such as 0.01",
            "type": ["number", "string"],
            "minimum": 0,
            "pattern": _VALUE_PATTERN,
        },
        "adjustment_max": {
            "description": "points that one person may give or take alone; more needs a second person",
            "type": "integer",
            "minimum": 0,
            "maximum": POINTS_MAX,
        },
        "transfer_day_max": {
            "description": "points that a customer may give away in a day; null: none",
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": POINTS_MAX,
        },
        "tier_window": _choice(TierWindow),
        "tier_downgrade": _choice(TierDowngrade),
        "tier_grace_days": _days("from the warning that a tier is not kept until it is lost"),
    },
    optional=(
        "expiry_rule",
        "expiry_day",
        "pending_days",
        "restore_grace_days",
        "point_value",
        "adjustment_max",
        "transfer_day_max",
        "tier_window",
        "tier_downgrade",
        "tier_grace_days",
    ),
)
_REQUIREMENTS = _mapping(
    {
        "spend": _amount(),
        "orders": {"type": "integer", "minimum": 0, "maximum": COUNT_MAX},
        "points": {"type": "integer", "minimum": 0, "maximum": POINTS_MAX},
    },
    optional=("spend", "orders", "points"),
)
_BENEFITS: Schema = {
    "description": "what customers of the tier enjoy, by name",
    "type": "object",
    "maxProperties": 50,
    "propertyNames": {"description": "small letters and underscores", "pattern": "^[a-z][a-z0-9_]{0,39}" + _END},
    "properties": {name: _amount() for name in sorted(MONEY_BENEFITS)},
    "additionalProperties": {
        "description": "a number, a word, or true or false",
        "type": ["boolean", "number", "string"],
        "minimum": 0,
        "maximum": COUNT_MAX,
        "maxLength": 100,
        "pattern": _PRINTABLE,
    },
}
_TIER = _mapping(
    {
        "code": _code(Tier),
        "name": _words(Tier),
        "requirements": {**_REQUIREMENTS, "description": "what must be reached, all of it; left out: nothing"},
        "points_multiplier": {
            "description": "a number from 0.001 to 100 with at most three decimal places",
            "type": ["number", "string"],
            "pattern": _AMOUNT_PATTERN,
        },
        "benefits": _BENEFITS,
    },
    optional=("requirements", "points_multiplier", "benefits"),
)
_REWARD_TYPE = _mapping(
    {
        "code": _code(RewardType),
        "name": _words(RewardType),
        "category": {"enum": Category.values},
        "discount_type": {"enum": DiscountType.values},
        "discount_value": {**_amount(), "description": "a percentage, or an amount of money, as discount_type says"},
        "product_category": {
            **_words(RewardType, "product_category"),
            "description": "the category of the lines of a purchase that it is for; empty: any",
            "minLength": 0,
            "pattern": r"^[^\x00-\x1f\x7f\ud800-\udfff]*" + _END,
        },
        "description": _prose(),
        "is_active": {"type": "boolean"},
    },
    optional=("discount_type", "discount_value", "product_category", "description", "is_active"),
)
_REWARD_OPTION = _mapping(
    {
        "code": _code(RewardOption),
        "name": _words(RewardOption),
        "reward_type": {"description": "the code of a reward type of this programme", "type": "string"},
        "description": _prose(),
        "points_required": {
            "description": "what it costs; null: it cannot be bought with points, only granted",
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": COUNT_MAX,
        },
        **option_terms.SCHEMA,
        "is_active": {"type": "boolean"},
    },
    optional=("description", "points_required", *option_terms.SCHEMA, "is_active"),
)


_NAMED = {"description": _prose(), "is_active": {"type": "boolean"}}
_SEGMENT = _mapping(
    {
        "code": _code(Segment),
        "name": _words(Segment),
        "condition": {"description": "who is in it; left out: who is listed", "type": "string", "maxLength": 2000},
        **_NAMED,
    },
    optional=("condition", *_NAMED),
)
_BADGE = _mapping({"code": _code(Badge), "name": _words(Badge), **_NAMED}, optional=tuple(_NAMED))
_BUDGET: Schema = {"description": "points in all; null: without a bound", "type": ["integer", "null"], "minimum": 1}


def _campaign(definition: Schema) -> Schema:
    return _mapping(
        {
            "code": _code(Campaign),
            "name": _words(Campaign),
            "budget": _BUDGET,
            "definition": definition,
            **_NAMED,
        },
        optional=("budget", *_NAMED),
    )


def _programme(definition: Schema, examples: Schema, campaign: Schema) -> Schema:
    policy = _mapping(
        {"code": _code(Policy), "name": _words(Policy), "definition": definition, "examples": examples},
        optional=("examples",),
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Programme",
        "description": "A merchant's whole programme. What it does not name is retired when it is applied.",
        **_mapping(
            {
                "merchant": _MERCHANT,
                "referrals": _REFERRALS,
                "wallet": _WALLET,
                "tiers": _list(_TIER, 100, "from the lowest to the highest; the lowest requires nothing"),
                "reward_types": _list(_REWARD_TYPE, 1000, "how rewards are applied, and what they are worth"),
                "reward_options": _list(_REWARD_OPTION, 1000, "what can be granted, or redeemed for points"),
                "segments": _list(_SEGMENT, 500, "groups of customers, by condition or by list"),
                "badges": _list(_BADGE, 500, "what customers can be proud of"),
                "campaigns": _list(_campaign(campaign), 500, "for a while points are worth more, or there is a goal"),
                "policies": _list(policy, 500, "when somebody is given something"),
            },
            optional=("referrals", "segments", "badges", "campaigns"),
        ),
    }


# The engine reads definitions and examples itself: it names what is wrong with one better than a schema could.
SHAPE = _programme({"type": "object"}, {"type": "array"}, {"type": "object"})
SCHEMA = _programme(
    {key: value for key, value in JSON_SCHEMA.items() if key != "$schema"}, dict(EXAMPLES_SCHEMA), CAMPAIGN_SCHEMA
)
