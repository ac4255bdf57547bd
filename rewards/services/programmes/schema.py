"""What a programme may look like, as a JSON Schema; `manage.py program schema` prints it for editors."""

from rewards.engine.campaigns.definition import JSON_SCHEMA as CAMPAIGN_SCHEMA
from rewards.engine.definition import JSON_SCHEMA
from rewards.engine.examples import SCHEMA as EXAMPLES_SCHEMA
from rewards.engine.experiments.definition import JSON_SCHEMA as DESIGN_SCHEMA
from rewards.models.badges import Badge
from rewards.models.campaigns import Campaign
from rewards.models.catalog import Category, DiscountType, RewardOption, RewardType
from rewards.models.experiments import Experiment
from rewards.models.partners import Partner
from rewards.models.policies import Policy
from rewards.models.segments import Segment
from rewards.services.programmes import dealings, option_terms
from rewards.services.programmes.shapes import COUNT_MAX, END, Schema, amount, code, list_of, mapping, prose, words
from rewards.services.programmes.sharing_shapes import DESTINATION_SHAPE, MESSAGE_SHAPE
from rewards.services.programmes.term_shapes import MERCHANT, REFERRALS, TIER, WALLET

_REWARD_TYPE = mapping(
    {
        "code": code(RewardType),
        "name": words(RewardType),
        "category": {"enum": Category.values},
        "discount_type": {"enum": DiscountType.values},
        "discount_value": {**amount(), "description": "a percentage, or an amount of money, as discount_type says"},
        "product_category": {
            **words(RewardType, "product_category"),
            "description": "the category of the lines of a purchase that it is for; empty: any",
            "minLength": 0,
            "pattern": r"^[^\x00-\x1f\x7f\ud800-\udfff]*" + END,
        },
        "description": prose(),
        "is_active": {"type": "boolean"},
    },
    optional=("discount_type", "discount_value", "product_category", "description", "is_active"),
)
_REWARD_OPTION = mapping(
    {
        "code": code(RewardOption),
        "name": words(RewardOption),
        "reward_type": {"description": "the code of a reward type of this programme", "type": "string"},
        "description": prose(),
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


_PARTNER = mapping(
    {
        "code": code(Partner),
        "name": words(Partner),
        "share_percent": dealings.SHARE,
        "is_active": {"type": "boolean"},
    },
    optional=("share_percent", "is_active"),
)
_NAMED = {"description": prose(), "is_active": {"type": "boolean"}}
_SEGMENT = mapping(
    {
        "code": code(Segment),
        "name": words(Segment),
        "condition": {"description": "who is in it; left out: who is listed", "type": "string", "maxLength": 2000},
        **_NAMED,
    },
    optional=("condition", *_NAMED),
)
_BADGE = mapping({"code": code(Badge), "name": words(Badge), **_NAMED}, optional=tuple(_NAMED))
_BUDGET: Schema = {"description": "points in all; null: without a bound", "type": ["integer", "null"], "minimum": 1}


def _campaign(definition: Schema) -> Schema:
    return mapping(
        {
            "code": code(Campaign),
            "name": words(Campaign),
            "budget": _BUDGET,
            "definition": definition,
            **_NAMED,
        },
        optional=("budget", *_NAMED),
    )


def _programme(definition: Schema, examples: Schema, campaign: Schema, design: Schema) -> Schema:
    policy = mapping(
        {"code": code(Policy), "name": words(Policy), "definition": definition, "examples": examples},
        optional=("examples",),
    )
    experiment = mapping({"code": code(Experiment), "name": words(Experiment), "definition": design})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Programme",
        "description": "A merchant's whole programme. What it does not name is retired when it is applied.",
        **mapping(
            {
                "merchant": MERCHANT,
                "referrals": REFERRALS,
                "wallet": WALLET,
                "destinations": list_of(DESTINATION_SHAPE, 1000, "where links lead; left out: they stay as they are"),
                "messages": list_of(MESSAGE_SHAPE, 20, "what is said when one shares; left out: it stays as it is"),
                "tiers": list_of(TIER, 100, "from the lowest to the highest; the lowest requires nothing"),
                "checkout": mapping(dealings.CHECKOUT, optional=tuple(dealings.CHECKOUT)),
                "partners": list_of(_PARTNER, 1000, "other businesses that supply rewards"),
                "reward_types": list_of(_REWARD_TYPE, 1000, "how rewards are applied, and what they are worth"),
                "reward_options": list_of(_REWARD_OPTION, 1000, "what can be granted, or redeemed for points"),
                "segments": list_of(_SEGMENT, 500, "groups of customers, by condition or by list"),
                "badges": list_of(_BADGE, 500, "what customers can be proud of"),
                "campaigns": list_of(_campaign(campaign), 500, "for a while points are worth more, or there is a goal"),
                "policies": list_of(policy, 500, "when somebody is given something"),
                "experiments": list_of(experiment, 500, "what is compared; left out: it stays as it is"),
            },
            optional=(
                "referrals",
                "destinations",
                "messages",
                "checkout",
                "partners",
                "segments",
                "badges",
                "campaigns",
                "experiments",
            ),
        ),
    }


# The engine reads definitions and examples itself: it names what is wrong with one better than a schema could.
SHAPE = _programme({"type": "object"}, {"type": "array"}, {"type": "object"}, {"type": "object"})
SCHEMA = _programme(
    {key: value for key, value in JSON_SCHEMA.items() if key != "$schema"},
    dict(EXAMPLES_SCHEMA),
    CAMPAIGN_SCHEMA,
    DESIGN_SCHEMA,
)
