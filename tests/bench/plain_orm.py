"""The baseline: a referred purchase the plain way, one a transaction, through the ORM, as a Django developer would.

It writes the same kinds of rows as the product does for a purchase that gives points to the buyer and to the
referrer: entries, lots, accounts, a claim to a tier, a count, an event, and the finished evaluation.
"""

import sys

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from credits.models import Account, Entry, Lot, QualifyingAmount, Tier, Wallet  # noqa: E402
from referrals.models import Event, Merchant, Purchase, Referral  # noqa: E402
from rewards.models import Counter, Evaluation  # noqa: E402

POINTS = 10


def main(purchases: int) -> None:
    """Evaluate so many purchases of customers who pay into a wallet with tiers."""
    merchant = Merchant.objects.get(slug="farmacy-food")
    ids = list(
        Evaluation.objects.filter(merchant=merchant, state="pending")
        .order_by("id")
        .values_list("id", flat=True)[:purchases]
    )
    print("ready", flush=True)
    sys.stdin.readline()
    for evaluation_id in ids:
        evaluate(merchant, evaluation_id)
    print("done", flush=True)


@transaction.atomic
def evaluate(merchant: Merchant, evaluation_id: int) -> None:
    """Evaluate one purchase."""
    evaluation = Evaluation.objects.select_for_update().get(pk=evaluation_id)
    purchase = Purchase.objects.get(pk=evaluation.subject_id)
    wallet = Wallet.objects.get(merchant=merchant, is_default=True)
    referral = Referral.objects.filter(merchant=merchant, referee=purchase.customer_id).first()
    earn(merchant, wallet, evaluation, purchase, purchase.customer_id, "buyer")
    referrer_id = referral.referrer_id if referral is not None else host_of(purchase)
    earn(merchant, wallet, evaluation, purchase, referrer_id, "referrer")
    counter, _ = Counter.objects.get_or_create(
        customer_id=purchase.customer_id, scope="per_friend", measure="purchases", defaults={"amount": 0, "peak": 0}
    )
    Counter.objects.filter(pk=counter.pk).update(amount=counter.amount + 1, peak=counter.peak + 1)
    evaluation.state, evaluation.decision, evaluation.evaluated_at = "done", {"awards": [POINTS]}, timezone.now()
    evaluation.save(update_fields=["state", "decision", "evaluated_at"])


def host_of(purchase: Purchase) -> int:
    """Whoever bought just before or after: somebody of the same merchant who is treated as the referrer."""
    others = Purchase.objects.filter(merchant=purchase.merchant_id).exclude(customer=purchase.customer_id)
    return others.filter(pk__gte=purchase.pk - 50).order_by("id").first().customer_id


def earn(
    merchant: Merchant, wallet: Wallet, evaluation: Evaluation, purchase: Purchase, customer_id: int, role: str
) -> None:
    """Give points to one customer."""
    now = timezone.now()
    Account.objects.get_or_create(merchant=merchant, customer_id=customer_id, wallet=wallet)
    account = Account.objects.select_for_update().get(customer_id=customer_id, wallet=wallet)
    entry = Entry.objects.create(
        merchant=merchant, account=account, points=POINTS, kind="earned", source_type="purchase",
        source_id=purchase.pk, evaluation_id=evaluation.pk, reason="purchase.completed", actor="bench",
        key=f"plain:{evaluation.pk}:{role}", occurred_at=purchase.occurred_at, posted_at=now,
    )  # fmt: skip
    Lot.objects.create(
        entry=entry, account=account, granted=POINTS, remaining=POINTS, earned_at=purchase.occurred_at, active_at=now
    )
    QualifyingAmount.objects.create(
        account=account, evaluation_id=evaluation.pk, spend=purchase.total, orders=1, points=POINTS,
        occurred_at=purchase.occurred_at,
    )  # fmt: skip
    account.available += POINTS
    account.lifetime_points += POINTS
    account.qualifying_spend += purchase.total
    account.qualifying_orders += 1
    account.qualifying_points += POINTS
    account.event_sequence += 1
    reached = Tier.objects.filter(
        wallet=wallet, min_spend__lte=account.qualifying_spend, min_orders__lte=account.qualifying_orders,
        min_points__lte=account.qualifying_points,
    )  # fmt: skip
    account.tier = reached.order_by("rank").last()
    account.save()
    Event.objects.create(
        merchant=merchant, type="points.earned", subject_type="account", subject_id=account.pk,
        sequence=account.event_sequence, payload={"points": POINTS}, occurred_at=now,
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
