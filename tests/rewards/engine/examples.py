"""Facts and policies for the tests of the engine; each test states only what it is about."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from rewards.engine.decision import Decision
from rewards.engine.definition import parse
from rewards.engine.evaluate import evaluate
from rewards.engine.facts import CustomerFacts, Facts, Line, PurchaseFacts
from rewards.engine.policy import CompiledPolicy, PolicySet, compile_policy
from rewards.engine.triggers import TRIGGERS

BOB = CustomerFacts(id=2, tier="bronze", tier_multiplier=Fraction(1), purchases=0, is_referred=True)
ALICE = CustomerFacts(id=1, tier="gold", tier_multiplier=Fraction(3, 2), purchases=20, is_referred=False)
FRIDAY = date(2026, 11, 20)

FIXED = {"points": {"fixed": 500}}
ONE_PER_UNIT = {"points": {"per_currency_unit": 1}}


def line(unit_price: int, *, quantity: int = 1, category: str = "meals", sku: str = "SKU-1") -> Line:
    return Line(sku=sku, name="Thing", category=category, quantity=quantity, unit_price=unit_price)


def purchase(*lines: Line, total: int | None = None, **kwargs: Any) -> PurchaseFacts:
    """A purchase in USD whose total is that of its lines, unless another is given."""
    worth = sum(each.quantity * each.unit_price for each in lines)
    given = {"currency": "USD", "minor_digits": 2, **kwargs}
    return PurchaseFacts(total=worth if total is None else total, lines=lines, **given)


def paid(total: int, **kwargs: Any) -> PurchaseFacts:
    """A purchase of a single line."""
    return purchase(line(total), **kwargs)


def facts(
    bought: PurchaseFacts | None = None,
    *,
    trigger: str = "purchase.completed",
    buyer: CustomerFacts = BOB,
    referrer: CustomerFacts | None = ALICE,
    day: date = FRIDAY,
    time: str = "12:00",
    reached: Mapping[tuple[str, str], tuple[int, int]] | None = None,
    usage: Mapping[tuple[int, int, str], tuple[int, int]] | None = None,
    activity: str = "",
) -> Facts:
    hour, minute = (int(part) for part in time.split(":"))
    return Facts(
        trigger=trigger,
        occurred_at=datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC),
        local_date=day,
        local_weekday=day.weekday(),
        local_minute=hour * 60 + minute,
        buyer=buyer,
        referrer=referrer,
        purchase=bought if bought or not TRIGGERS[trigger].has_purchase else paid(2000),
        reached=reached or {},
        usage=usage or {},
        activity=activity or ("product_review" if TRIGGERS[trigger].has_activity else ""),
    )


def definition(give: Mapping[str, Any] = FIXED, **rest: Any) -> dict[str, Any]:
    return {"trigger": "purchase.completed", "beneficiary": "buyer", "give": give, **rest}


def policy(number: int = 1, /, give: Mapping[str, Any] = FIXED, **rest: Any) -> CompiledPolicy:
    """Policy `number`, whose version is ten times that; to the buyer of a purchase, unless said otherwise."""
    return compile_policy(
        policy_id=number,
        version_id=number * 10,
        code=f"policy-{number}",
        definition=parse(definition(give, **rest)),
    )


def decide(given: Facts, *policies: CompiledPolicy) -> Decision:
    return evaluate(given, PolicySet(policies))


def points_of(given: Facts, *policies: CompiledPolicy) -> list[int]:
    return [award.points for award in decide(given, *policies).awards]


def reasons(given: Facts, *policies: CompiledPolicy) -> list[str]:
    return [refusal.code for refusal in decide(given, *policies).refusals]
