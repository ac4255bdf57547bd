"""The shapes of bodies, as JSON Schema for the API document, taken from the structures that read them."""

from typing import Any

from config.lib.openapi import NUMBER, TEXT, object_of, shape_of
from rewards.engine.campaigns.definition import TYPES as CAMPAIGN_TYPES
from rewards.selectors.statement import Line
from rewards.services.activity_events import ActivityEvent
from rewards.services.purchase_events import PurchaseEvent


def _list(items: dict[str, Any], **limits: int) -> dict[str, Any]:
    return {"type": "array", "items": items, **limits}


MOMENT = {"type": "string", "format": "date-time"}
NULL = {"type": "null"}

PURCHASE_BODY = shape_of(PurchaseEvent)
PURCHASES_BODY = {"oneOf": [PURCHASE_BODY, _list(PURCHASE_BODY, minItems=1, maxItems=1000)]}
ACCEPTED = object_of(id=TEXT, status={"const": "pending"}, status_url=TEXT)
REFUND_ACCEPTED = object_of(id=TEXT, status={"enum": ["parked", "pending"]}, status_url=TEXT)
EVENTS_ACCEPTED = {"oneOf": [ACCEPTED, object_of(results=_list({"type": "object"}))]}
ACTIVITY_BODY = shape_of(ActivityEvent)
ACTIVITIES_BODY = {"oneOf": [ACTIVITY_BODY, _list(ACTIVITY_BODY, minItems=1, maxItems=1000)]}
EXPLANATION = {
    "status": {"enum": ["pending", "evaluated", "failed"]},
    "evaluated_at": {"anyOf": [MOMENT, NULL]},
    "decision": {"anyOf": [object_of(grants=_list({"type": "object"}), refusals=_list({"type": "object"})), NULL]},
}
PURCHASE = object_of(
    id=TEXT,
    order_id=TEXT,
    customer=TEXT,
    occurred_at=MOMENT,
    currency=TEXT,
    total=NUMBER,
    payment_status={"enum": ["paid", "pending", "voided"]},
    refunded={"type": "boolean"},
    refunded_amount=NUMBER,
    **EXPLANATION,
)
ACTIVITY = object_of(
    id=TEXT, activity_id=TEXT, customer=TEXT, kind=TEXT, reference=TEXT, occurred_at=MOMENT, **EXPLANATION
)
REFUND = object_of(
    id=TEXT,
    refund_id=TEXT,
    order_id=TEXT,
    amount={"anyOf": [NUMBER, NULL]},
    lines=_list(object_of(index=NUMBER, amount=NUMBER, quantity=NUMBER)),
    occurred_at=MOMENT,
    status={"enum": ["parked", "refused", "pending", "evaluated", "failed"]},
    refusal={"anyOf": [object_of(code=TEXT, sentence=TEXT), NULL]},
)
PAYMENT = object_of(id=TEXT, order_id=TEXT, payment_status={"enum": ["paid", "voided"]}, status_url=TEXT)
PERSON = object_of(
    profile={"type": "object"},
    **{
        each: _list({"type": "object"})
        for each in (
            "codes",
            "referrals_made",
            "referrals_received",
            "audit",
            "purchases",
            "activities",
            "accounts",
            "grants",
            "merged",
            "purchase_sessions",
            "badges",
            "segments",
            "campaigns",
            "notifications",
        )
    },
    contact_preferences={"type": "object"},
)
REGISTERED = object_of(id=TEXT, uuid=TEXT, name=TEXT, referral={"anyOf": [{"type": "object"}, NULL]})
CREDITS = object_of(
    customer=TEXT,
    wallet=TEXT,
    unit=TEXT,
    available=NUMBER,
    pending=NUMBER,
    held=NUMBER,
    owed=NUMBER,
    tier={"anyOf": [{"type": "object"}, NULL]},
    grants=_list({"type": "object"}),
    as_of=MOMENT,
    stale={"type": "boolean"},
)
TIER_STANDING = object_of(
    customer=TEXT,
    tier={"anyOf": [TEXT, NULL]},
    tier_anniversary={"anyOf": [MOMENT, NULL]},
    review_at={"anyOf": [MOMENT, NULL]},
    locked_until={"anyOf": [MOMENT, NULL]},
)
_OR_NULL = {name: {"anyOf": [shape, NULL]} for name, shape in (("text", TEXT), ("moment", MOMENT))}
_BALANCE = {"customer": TEXT, "available": NUMBER, "pending": NUMBER, "held": NUMBER, "owed": NUMBER}
ACCOUNT = object_of(**_BALANCE, closed_at=_OR_NULL["moment"])
ACCOUNT_CLOSED = object_of(**_BALANCE, closed_at=_OR_NULL["moment"], forfeited=NUMBER)
ADJUSTED = object_of(**_BALANCE, closed_at=_OR_NULL["moment"], id=TEXT, points=NUMBER)
HOLD = object_of(
    id=TEXT,
    customer=TEXT,
    reference=TEXT,
    points=NUMBER,
    captured_points=NUMBER,
    state={"enum": ["open", "captured", "released", "lapsed"]},
    expires_at=MOMENT,
    created_at=MOMENT,
    ended_at=_OR_NULL["moment"],
)
GIFT = {**object_of(to=TEXT, points=NUMBER), "required": ["from", "to", "points"]}
GIFT["properties"]["from"] = TEXT
STATEMENT = object_of(customer=TEXT, entries=_list(shape_of(Line)), next=_OR_NULL["text"])
EXPIRING = object_of(
    customer=TEXT,
    as_of=MOMENT,
    days=_list(object_of(day={"type": "string", "format": "date"}, expires_at=MOMENT, points=NUMBER)),
)
_TRANSACTION = {
    "id": TEXT,
    "type": {**TEXT, "examples": ["earned", "bonus", "redeemed"]},
    "points": NUMBER,
    "description": TEXT,
    "reference": _OR_NULL["text"],
    "timestamp": MOMENT,
}
POINTS_MOVED = object_of(**_TRANSACTION, customerId=TEXT, points_balance=NUMBER)
POINTS_TRANSACTIONS = object_of(points_transactions=_list(object_of(**_TRANSACTION)), next=_OR_NULL["text"])
_CAMPAIGN = {
    "id": TEXT,
    "uuid": TEXT,
    "name": TEXT,
    "description": TEXT,
    "type": {"enum": list(CAMPAIGN_TYPES)},
    "rules": {"type": "object"},
    "start_date": _OR_NULL["moment"],
    "end_date": _OR_NULL["moment"],
    "target_segments": _list(TEXT),
    "target_tiers": _list(TEXT),
    "status": {"const": "active"},
    "budget_left": {"anyOf": [NUMBER, NULL]},
}
_REFUSAL = {"code": TEXT, "sentence": TEXT}
CAMPAIGNS = object_of(campaigns=_list(object_of(**_CAMPAIGN)))
CAMPAIGNS_OF_CUSTOMER = object_of(
    customerId=TEXT,
    campaigns=_list(object_of(**_CAMPAIGN, participating={"type": "boolean"})),
    others=_list(object_of(id=TEXT, **_REFUSAL)),
)
PARTICIPATION = object_of(customerId=TEXT, campaignId=TEXT, round=TEXT, joined_at=MOMENT)
_AMOUNT = {"type": "number"}
CAMPAIGN_PROGRESS = object_of(
    campaignId=TEXT,
    customerId=TEXT,
    start_date=_OR_NULL["moment"],
    end_date=_OR_NULL["moment"],
    participating={"type": "boolean"},
    refusal={"anyOf": [object_of(**_REFUSAL), NULL]},
    joined_at=_OR_NULL["moment"],
    completed_at=_OR_NULL["moment"],
    points=NUMBER,
    goal={
        "anyOf": [
            object_of(measure=TEXT, target=_AMOUNT, reached=_AMOUNT, missing=_AMOUNT, percent=NUMBER),
            NULL,
        ]
    },
)
SEGMENTS = object_of(
    segments=_list(
        object_of(
            id=TEXT,
            name=TEXT,
            description=TEXT,
            condition=_OR_NULL["text"],
            recomputed_at=_OR_NULL["moment"],
            customers=NUMBER,
        )
    )
)
SEGMENT_MEMBERS = object_of(segment=TEXT, customers=_list(object_of(id=TEXT, since=MOMENT)), next=_OR_NULL["text"])
SEGMENT_LISTED = object_of(segment=TEXT, customers=NUMBER, unknown=_list(TEXT))
SEGMENTS_OF_CUSTOMER = object_of(customer=TEXT, segments=_list(TEXT))
BADGES = object_of(customer=TEXT, badges=_list(object_of(id=TEXT, name=TEXT, description=TEXT, awarded_at=MOMENT)))
CUSTOMER_LOYALTY = object_of(
    customer_loyalty=object_of(
        customerId=TEXT,
        tier=_OR_NULL["text"],
        points_balance=NUMBER,
        tier_progress=object_of(
            current_spend={"type": "number"},
            next_tier=_OR_NULL["text"],
            spend_needed={"type": "number"},
            orders_needed=NUMBER,
            points_needed=NUMBER,
        ),
        benefits={"type": "object"},
        activity=object_of(
            last_points_earned=_OR_NULL["moment"],
            last_redemption=_OR_NULL["moment"],
            tier_anniversary=_OR_NULL["moment"],
        ),
    )
)

_REDUCTIONS = _list({"type": "object", "required": ["reason", "amount"]})
QUOTE_PARTS = {
    "lines": _list(object_of(sku=TEXT, quantity=NUMBER, price=NUMBER, to_pay=NUMBER, reductions=_REDUCTIONS)),
    "shipping": object_of(price=NUMBER, to_pay=NUMBER, reductions=_REDUCTIONS),
    "gross": NUMBER,
    "goods": NUMBER,
    "points": object_of(used=NUMBER, value=NUMBER),
    "redeemed": _list(object_of(option=TEXT, quantity=NUMBER, points=NUMBER)),
    "grants": {"type": "object", "additionalProperties": NUMBER},
    "unused": _list(object_of(grant=TEXT, name=TEXT, reason=TEXT)),
    "total": NUMBER,
    "tier": {"anyOf": [TEXT, NULL]},
    "earns": object_of(points=NUMBER, awards=_list({"type": "object"})),
}
QUOTE = object_of(**QUOTE_PARTS)
SESSION = object_of(
    id=TEXT,
    customer=TEXT,
    state={"enum": ["open", "completed", "cancelled", "expired"]},
    expires_at=MOMENT,
    created_at=MOMENT,
    ended_at={"anyOf": [MOMENT, NULL]},
    points_held=NUMBER,
    order_id={"anyOf": [TEXT, NULL]},
    purchase={"anyOf": [TEXT, NULL]},
    codes=_list(TEXT),
    **QUOTE_PARTS,
)

_REWARD = {
    "type": "object",
    "required": ["id", "name", "type", "category", "description", "points_cost", "minimum_order", "stock_quantity"],
}
REWARD_CATALOG = object_of(
    reward_catalog=object_of(
        **{group: _list(_REWARD) for group in ("discounts", "products", "services", "experiences")}
    )
)
REWARDS_AVAILABLE = object_of(customerId=TEXT, rewards=_list(_REWARD))
RECOMMENDATIONS = object_of(customerId=TEXT, rewards=_list(_REWARD), share=object_of(channel=TEXT, sentence=TEXT))
PRICING = object_of(
    customer=TEXT,
    tier={"anyOf": [TEXT, NULL]},
    discounts=object_of(tier_discount={"type": "number"}, birthday_discount={"type": "number"}),
    free_shipping_threshold={"anyOf": [NUMBER, NULL]},
    multipliers=object_of(tier=TEXT, categories={"type": "object"}),
    points=object_of(available=NUMBER, value=TEXT, minimum=NUMBER, order_share_max=NUMBER),
    grants=_list({"type": "object"}),
    discount={"anyOf": [object_of(discount_amount=NUMBER, discount_type=TEXT, tier={"anyOf": [TEXT, NULL]}), NULL]},
    as_of=MOMENT,
    stale={"type": "boolean"},
)

SETTLEMENT = object_of(
    id=TEXT,
    partner=TEXT,
    starts_on={"type": "string", "format": "date"},
    ends_on={"type": "string", "format": "date"},
    currency=TEXT,
    lines=_list(object_of(option=TEXT, unit_cost=NUMBER, taken=NUMBER, returned=NUMBER, amount=NUMBER)),
    amount=NUMBER,
    closed_at=MOMENT,
)
SETTLEMENTS = object_of(settlements=_list(SETTLEMENT), next={"anyOf": [TEXT, NULL]})
