"""What a purchase would earn: the very evaluation that will come, done in a transaction that is taken back."""

from datetime import datetime
from typing import Any

from django.db import transaction

from referrals.models.merchants import Merchant
from referrals.services.codes import normalise_code
from rewards.engine.facts import Line
from rewards.models.evaluations import Trigger
from rewards.services.evaluation.opening import open_batch
from rewards.services.evaluation.queue import PurchaseRow, WorkOrder

NO_WORK_ORDER = 0


def preview_awards(
    *, merchant: Merchant, customer_id: int, lines: tuple[Line, ...], total: int, referral_code: str, now: datetime
) -> list[dict[str, Any]]:
    """What a customer would be given for a purchase at `now`: points and grants, each with the policy that gives.

    Nothing is left of it, neither rows nor locks. It stays true as long as nothing else happens to the customer.

    :param total: what is paid for the goods, in minor units.
    """
    purchase = PurchaseRow(total, lines, normalise_code(referral_code), is_paid=True)
    order = WorkOrder(NO_WORK_ORDER, Trigger.PURCHASE_COMPLETED, NO_WORK_ORDER, customer_id, now, purchase, "")
    with transaction.atomic():
        batch = open_batch(merchant=merchant, orders=[order], now=now)
        batch.decide(order)
        transaction.set_rollback(True)
    return [
        _shown(award)
        for _, decision in batch.decided
        for award in decision.get("awards", ())
        if award["customer"] == customer_id
    ]


def _shown(award: dict[str, Any]) -> dict[str, Any]:
    if award.get("option"):
        return {"policy": award["code"], "option": award["option"], "quantity": award["quantity"]}
    return {"policy": award["code"], "points": award["points"]}
