"""What is known at the moment of a decision.

The database side reads these once for a whole batch and hands them over; the engine reads nothing else, so
the same facts always give the same decision.
"""

from collections.abc import Mapping
from datetime import date, datetime
from fractions import Fraction

import msgspec

from rewards.engine.campaigns.definition import Campaign

MINOR_DIGITS_MAX = 4


class Line(msgspec.Struct, frozen=True):
    """One line of a purchase: `quantity` items at `unit_price`, in minor units of the currency."""

    sku: str
    quantity: int
    unit_price: int
    name: str = ""
    category: str = ""


class PurchaseFacts(msgspec.Struct, frozen=True):
    """A purchase as the policies see it.

    `total` is what was paid, in minor units, and may be less than its lines say (a discount on the whole
    purchase). `minor_digits` is 2 for USD, 0 for JPY, 3 for KWD. The remaining fields are derived here, once,
    because many policies read them: `values` is quantity times unit price of each line, `units` counts the
    items of each category. A line without a category belongs to none.

    Raises ValueError on a negative amount or quantity, which no share of a total can be made of.
    """

    total: int
    currency: str
    minor_digits: int
    lines: tuple[Line, ...]
    payment_status: str = "paid"
    units: Mapping[str, int] = {}
    categories: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    quantity: int = 0
    values: tuple[int, ...] = ()
    lines_value: int = 0

    def __post_init__(self) -> None:
        if self.total < 0 or not 0 <= self.minor_digits <= MINOR_DIGITS_MAX:
            raise ValueError("a purchase needs a total of at least 0 and 0 to 4 minor digits")
        units: dict[str, int] = {}
        quantity = 0
        for line in self.lines:
            if line.quantity < 0 or line.unit_price < 0:
                raise ValueError("a line needs a quantity and a unit price of at least 0")
            quantity += line.quantity
            if line.category:
                units[line.category] = units.get(line.category, 0) + line.quantity
        values = tuple([line.quantity * line.unit_price for line in self.lines])
        # The class is frozen, so its own derived fields are set past the guard.
        derive = msgspec.structs.force_setattr
        derive(self, "units", units)
        derive(self, "categories", tuple(units))
        derive(self, "skus", tuple([line.sku for line in self.lines]))
        derive(self, "quantity", quantity)
        derive(self, "values", values)
        derive(self, "lines_value", sum(values))


class RfmFacts(msgspec.Struct, frozen=True):
    """How lately, how often and for how much a customer buys, in scores of 1 to 5; 0 and no segment: not at all."""

    recency: int = 0
    frequency: int = 0
    monetary: int = 0
    segment: str = ""


NO_RFM = RfmFacts()


class CustomerFacts(msgspec.Struct, frozen=True):
    """A customer at the moment of the trigger.

    `tier` and `tier_multiplier` are those of `occurred_at`. `purchases` counts earlier purchases net of
    refunds, without the one being decided, so it is 0 on the first. `segments`, `badges` and `rfm` (as it was computed
    last) are known only if something in force asks for them, and so is `next_tier`: the one above theirs, empty at the
    top.
    """

    id: int
    tier: str
    tier_multiplier: Fraction
    purchases: int
    is_referred: bool
    segments: tuple[str, ...] = ()
    badges: frozenset[str] = frozenset()
    next_tier: str = ""
    rfm: RfmFacts = NO_RFM


class MemberFacts(msgspec.Struct, frozen=True):
    """What is known of a customer when it is worked out who is in a segment.

    `purchases` and `spend` (minor units) are net of refunds; `rfm` is empty for who has not bought lately, and the days
    since the last purchase are -1 for who never did.
    """

    tier: str
    purchases: int
    spend: int
    points: int
    lifetime_points: int
    is_referred: bool
    rfm: str
    days_known: int
    days_since_purchase: int


class Standing(msgspec.Struct, frozen=True):
    """A customer in one round of a campaign: whether they joined, and the points that it has given them."""

    joined: bool = False
    points: int = 0


class Facts(msgspec.Struct, frozen=True):
    """Everything that one evaluation may look at.

    `buyer` is the person the trigger is about: the purchaser, whoever was active, or for the referral triggers the
    friend who was referred. The three local values are `occurred_at` in the merchant's time zone: the date, the weekday
    (Monday is 0) and the minute of the day (0 to 1439).

    `reached[(scope, measure)]` is the highest count ever seen before and after this purchase; a peak never
    falls, so a milestone is passed once however often purchases are refunded and made again. `usage[(policy
    id, customer id, period key)]` is how many awards and how many points that policy has given that customer
    in that period. `activity` is the kind of the activity, empty if the trigger is about none; `due` are the ids of the
    policies that were due when the day came, empty for whichever are.

    `campaigns` are those in force, in the order of their codes; `standings[(campaign id, customer id, round)]` says who
    stands where in them, and `budgets[campaign id]` how many points are left of a budget. `campaign` is the code of the
    one that was completed and `round` the round in which it was; `reached_tier` the tier that was reached and
    `previous_tier` the one before it. They are empty where the trigger is about none.
    """

    trigger: str
    occurred_at: datetime
    local_date: date
    local_weekday: int
    local_minute: int
    buyer: CustomerFacts
    referrer: CustomerFacts | None
    purchase: PurchaseFacts | None
    reached: Mapping[tuple[str, str], tuple[int, int]]
    usage: Mapping[tuple[int, int, str], tuple[int, int]]
    activity: str = ""
    campaigns: tuple[Campaign, ...] = ()
    standings: Mapping[tuple[int, int, str], Standing] = {}
    budgets: Mapping[int, int] = {}
    campaign: str = ""
    round: str = ""
    reached_tier: str = ""
    previous_tier: str = ""
    due: tuple[int, ...] = ()
