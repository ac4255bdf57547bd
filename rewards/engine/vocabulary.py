"""The names that conditions may use, and where among the facts each is found.

A new name is a new row here; triggers.py says which triggers know which group of names.
"""

from operator import attrgetter

from rewards.engine.expressions.checker import Name
from rewards.engine.expressions.value_types import BOOL, INT, STRING, list_of, map_to
from rewards.engine.marking import _

CUSTOMER_NAMES: dict[str, Name] = {
    "customer.tier": Name(STRING, attrgetter("buyer.tier"), _("the tier of the person this is about")),
    "customer.purchases": Name(
        INT, attrgetter("buyer.purchases"), _("their earlier purchases, net of refunds; 0 on the first")
    ),
    "customer.is_referred": Name(BOOL, attrgetter("buyer.is_referred"), _("whether somebody referred them")),
    "customer.rfm.recency": Name(
        INT, attrgetter("buyer.rfm.recency"), _("how lately they bought: 1 to 5, more is better; 0 if not at all")
    ),
    "customer.rfm.frequency": Name(INT, attrgetter("buyer.rfm.frequency"), _("how often they buy: 1 to 5, or 0")),
    "customer.rfm.monetary": Name(INT, attrgetter("buyer.rfm.monetary"), _("for how much they buy: 1 to 5, or 0")),
    "customer.rfm.segment": Name(
        STRING, attrgetter("buyer.rfm.segment"), _("such as 'champions' or 'at_risk'; empty if they do not buy")
    ),
    "customer.segments": Name(
        list_of(STRING), attrgetter("buyer.segments"), _("the codes of the segments they are in")
    ),
}

PURCHASE_NAMES: dict[str, Name] = {
    "purchase.total": Name(INT, attrgetter("purchase.total"), _("what was paid, in minor units (2500 is $25.00)")),
    "purchase.currency": Name(STRING, attrgetter("purchase.currency"), _("the currency, such as 'USD'")),
    "purchase.payment_status": Name(STRING, attrgetter("purchase.payment_status"), _("such as 'paid'")),
    "purchase.quantity": Name(INT, attrgetter("purchase.quantity"), _("how many items, over all lines")),
    "purchase.categories": Name(
        list_of(STRING), attrgetter("purchase.categories"), _("the categories of its lines, each once")
    ),
    "purchase.skus": Name(list_of(STRING), attrgetter("purchase.skus"), _("the sku of each line")),
    "purchase.units": Name(
        map_to(INT), attrgetter("purchase.units"), _("items by category: purchase.units['meals'], 0 if none")
    ),
}

ACTIVITY_NAMES: dict[str, Name] = {
    "activity.kind": Name(STRING, attrgetter("activity"), _("what was done, such as 'social_share'")),
}

TIER_NAMES: dict[str, Name] = {
    "tier.reached": Name(STRING, attrgetter("reached_tier"), _("the tier that was reached")),
    "tier.previous": Name(STRING, attrgetter("previous_tier"), _("the tier before it, empty if there was none")),
}

SEGMENT_NAMES: dict[str, Name] = {
    "customer.tier": Name(STRING, attrgetter("tier"), _("their tier")),
    "customer.purchases": Name(INT, attrgetter("purchases"), _("their purchases, net of refunds")),
    "customer.spend": Name(INT, attrgetter("spend"), _("what they spent, in minor units, net of refunds")),
    "customer.points": Name(INT, attrgetter("points"), _("the points that they can spend")),
    "customer.lifetime_points": Name(INT, attrgetter("lifetime_points"), _("all points that they ever earned")),
    "customer.is_referred": Name(BOOL, attrgetter("is_referred"), _("whether somebody referred them")),
    "customer.rfm": Name(
        STRING, attrgetter("rfm"), _("what they are by recency, frequency and value, such as 'loyal'")
    ),
    "customer.days_known": Name(INT, attrgetter("days_known"), _("whole days since they became known")),
    "customer.days_since_purchase": Name(
        INT, attrgetter("days_since_purchase"), _("whole days since their last purchase; -1 if there was none")
    ),
}

REFERRER_NAMES: dict[str, Name] = {
    "referrer.tier": Name(STRING, attrgetter("referrer.tier"), _("the tier of the person who referred them")),
    "referrer.purchases": Name(
        INT, attrgetter("referrer.purchases"), _("the referrer's own purchases, net of refunds")
    ),
}
