"""How much waits, and since when: for one merchant, or for all."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Min, Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from credits.models.adjustments import Adjustment, AdjustmentState
from fulfillment.models.notifications import Message, MessageState
from fulfillment.models.redemptions import Redemption, Status
from fulfillment.models.webhooks import Delivery, DeliveryState
from referrals.models.merchants import Merchant
from referrals.models.referrals import Referral, Risk
from referrals.models.refused import RefusedMessage
from rewards.models.evaluations import Evaluation, EvaluationState


class Queue(NamedTuple):
    """Rows that wait: where they are found in the admin, and which column says since when they do."""

    name: str
    title: Promise
    model: type[Model]
    lookups: dict[str, str]
    since: str
    merchant_path: str = "merchant"


class Waiting(NamedTuple):
    """How many rows of a queue there are, and since when the oldest waits (None: there is none)."""

    queue: Queue
    rows: int
    oldest: datetime | None


QUEUES = (
    Queue("evaluations", _("Purchases to evaluate"), Evaluation, {"state": EvaluationState.PENDING}, "created_at"),
    Queue(
        "evaluations_failed", _("Evaluations that failed"), Evaluation, {"state": EvaluationState.FAILED}, "created_at"
    ),
    Queue("refused", _("Messages that were not taken in"), RefusedMessage, {"is_open": "1"}, "first_at"),
    Queue("reviews", _("Referrals to review"), Referral, {"risk": Risk.HELD}, "claimed_at"),
    Queue(
        "adjustments", _("Adjustments for a second person"), Adjustment, {"state": AdjustmentState.WAITING}, "asked_at"
    ),
    Queue("redemptions", _("Redemptions to approve"), Redemption, {"status": Status.PENDING}, "created_at"),
    Queue("fulfilments", _("Redemptions to fulfil"), Redemption, {"status": Status.APPROVED}, "created_at"),
    Queue("deliveries", _("Webhooks to deliver"), Delivery, {"state": DeliveryState.PENDING}, "created_at"),
    Queue(
        "messages",
        _("Messages to send"),
        Message,
        {"state": MessageState.PENDING},
        "notification__created_at",
        "notification__merchant",
    ),
)
"""What can become many has an index that holds only what waits."""


def waiting(merchant: Merchant | None = None) -> Iterator[Waiting]:
    """What waits now, in one statement a queue.

    :param merchant: whose; None: everybody's.
    """
    for queue in QUEUES:
        whose = Q(**{queue.merchant_path: merchant}) if merchant else Q()
        rows: Any = queue.model._default_manager.filter(whose, **queue.lookups)
        found = rows.aggregate(rows=Count("pk"), oldest=Min(queue.since))
        yield Waiting(queue, found["rows"], found["oldest"])
