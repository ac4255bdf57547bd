"""What the terms of a merchant may look like in a programme: referrals, wallet, tiers."""

from config.lib.colours import COLOUR_PATTERN
from credits.models.tiers import Tier
from credits.models.wallets import ExpiryRule, ReturnPolicy, TierDowngrade, TierWindow, Wallet
from referrals.models.merchants import DecisiveTouch, Merchant
from rewards.services.programmes.amounts import MONEY_BENEFITS
from rewards.services.programmes.shapes import (
    AMOUNT_PATTERN,
    COUNT_MAX,
    DAY_PATTERN,
    DAYS_MAX,
    END,
    POINTS_MAX,
    PRINTABLE,
    VALUE_PATTERN,
    Schema,
    amount,
    choice,
    code,
    days,
    longest,
    mapping,
    words,
)

MERCHANT = mapping(
    {
        "slug": {**code(Merchant, "slug"), "description": "the merchant's short name, which never changes"},
        "name": words(Merchant),
        "domain": {
            "description": "the host of the merchant's pages",
            "type": ["string", "null"],
            "maxLength": longest(Merchant, "domain"),
            "pattern": r"^[a-z0-9]([-a-z0-9.]*[a-z0-9])?" + END,
        },
        "currency": {"description": "an ISO 4217 code, such as USD", "type": "string", "pattern": "^[A-Z]{3}" + END},
        "time_zone": {"description": "an IANA name, such as Europe/Berlin", "type": "string"},
        "accent": {
            "description": "the colour of its buttons and links, such as #2e7d32; empty: that of Grapevine",
            "type": "string",
            "pattern": f"^({COLOUR_PATTERN})?" + END,
        },
        "logo_url": {
            "description": "an address that begins with https://, or empty",
            "type": "string",
            "maxLength": longest(Merchant, "logo_url"),
            "pattern": r"^(https://\S+)?" + END,
        },
    },
    optional=("domain", "accent", "logo_url"),
)
REFERRALS = mapping(
    {
        "minimum_purchase": {
            **amount(),
            "description": "what a friend's first purchase must reach for the referral to qualify",
        },
        "days_to_qualify": {
            "description": "days from joining within which that purchase counts; null: any",
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": DAYS_MAX,
        },
        "hold_days": days("days for which points for that purchase wait before they can be spent"),
        "verified_email": {
            "description": "whether a friend who registers joins only once their e-mail is verified, or by buying",
            "type": "boolean",
        },
        "households": {
            "description": "whether people who share an address or a device may refer each other",
            "type": "boolean",
        },
        "decisive_touch": choice(DecisiveTouch),
        "offer": {
            **words(Merchant, "offer_to_friends"),
            "minLength": 0,
            "description": "what invitations promise to friends; empty: they promise nothing",
        },
    },
    optional=("days_to_qualify", "hold_days", "verified_email", "households", "decisive_touch", "offer"),
)
WALLET = mapping(
    {
        "code": code(Wallet),
        "unit_name": {**words(Wallet, "unit_name"), "description": "what the merchant calls its points"},
        "expiry_months": {
            "description": "calendar months from earning to expiry; null: points never expire",
            "type": ["integer", "null"],
            "minimum": 1,
            "maximum": 1200,
        },
        "return_policy": choice(ReturnPolicy),
        "expiry_rule": choice(ExpiryRule),
        "expiry_day": {
            "description": "month and day such as 12-31 for points that expire on a fixed day, else empty",
            "type": "string",
            "pattern": DAY_PATTERN,
        },
        "pending_days": days("days from earning until points can be spent"),
        "restore_grace_days": days("how long points live on that lapsed before what they had paid for was undone"),
        "point_value": {
            "description": "what a point is worth, in units of the currency, such as 0.01",
            "type": ["number", "string"],
            "minimum": 0,
            "pattern": VALUE_PATTERN,
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
        "tier_window": choice(TierWindow),
        "tier_downgrade": choice(TierDowngrade),
        "tier_grace_days": days("from the warning that a tier is not kept until it is lost"),
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
_REQUIREMENTS = mapping(
    {
        "spend": amount(),
        "orders": {"type": "integer", "minimum": 0, "maximum": COUNT_MAX},
        "points": {"type": "integer", "minimum": 0, "maximum": POINTS_MAX},
    },
    optional=("spend", "orders", "points"),
)
_BENEFITS: Schema = {
    "description": "what customers of the tier enjoy, by name",
    "type": "object",
    "maxProperties": 50,
    "propertyNames": {"description": "small letters and underscores", "pattern": "^[a-z][a-z0-9_]{0,39}" + END},
    "properties": {name: amount() for name in sorted(MONEY_BENEFITS)},
    "additionalProperties": {
        "description": "a number, a word, or true or false",
        "type": ["boolean", "number", "string"],
        "minimum": 0,
        "maximum": COUNT_MAX,
        "minLength": 1,
        "maxLength": 100,
        "pattern": PRINTABLE,
    },
}
TIER = mapping(
    {
        "code": code(Tier),
        "name": words(Tier),
        "requirements": {**_REQUIREMENTS, "description": "what must be reached, all of it; left out: nothing"},
        "points_multiplier": {
            "description": "a number from 0.001 to 100 with at most three decimal places",
            "type": ["number", "string"],
            "pattern": AMOUNT_PATTERN,
        },
        "benefits": _BENEFITS,
    },
    optional=("requirements", "points_multiplier", "benefits"),
)
