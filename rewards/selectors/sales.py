"""What became of a purchase after it was recorded: what was paid back of it, and whether it was paid."""

import msgspec
from django.db.models import Exists, OuterRef

from referrals.models.purchases import Purchase
from referrals.models.refunds import Refund
from rewards.engine.returns import Part, Sale, Settled, SoldLine
from rewards.models.evaluations import Evaluation, EvaluationState, Trigger
from rewards.selectors.explanations import STATUS_NAMES


def refund_status(refund: Refund) -> str:
    """Where a refund stands: parked or refused; once its purchase is known, pending, evaluated or failed."""
    if refund.purchase_id is None:
        return "refused" if refund.refusal else "parked"
    evaluation = Evaluation.objects.get(subject_id=refund.pk, trigger=Trigger.PURCHASE_REFUNDED)
    return STATUS_NAMES[EvaluationState(evaluation.state)]


def sale_of(purchase: Purchase) -> Sale:
    """A purchase, as refunds look at it."""
    return Sale(total=purchase.total, lines=msgspec.convert(purchase.lines, tuple[SoldLine, ...]))


def settled_refunds(purchase: Purchase, *, only_evaluated: bool = False) -> list[Settled]:
    """What was paid back of a purchase so far: all that was accepted, or only what has been undone."""
    refunds = Refund.objects.filter(purchase=purchase)
    if only_evaluated:
        done = Evaluation.objects.filter(
            subject_id=OuterRef("pk"), trigger=Trigger.PURCHASE_REFUNDED, state=EvaluationState.DONE
        )
        refunds = refunds.filter(Exists(done))
    return [
        Settled(amount or 0, msgspec.convert(parts, tuple[Part, ...]))
        for amount, parts in refunds.values_list("amount", "lines")
    ]


def payment_status(purchase: Purchase) -> str:
    """Whether a purchase is paid, waits for its payment, or was voided."""
    return purchase.payments.values_list("status", flat=True).first() or purchase.payment_status
