"""A shop with a programme of a few policies: its customers buy, give back, and what they have is read."""

from datetime import timedelta
from itertools import count

from django.db import transaction

from config.lib.proof import check
from config.management.commands.verify_ledger import INVARIANTS
from credits.models import Account
from credits.selectors.terms import default_wallet_terms
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from credits.services.spending import spend
from referrals.models import Customer, Purchase, Referral
from referrals.services.codes import issue_code
from referrals.services.customers import Identity
from rewards.engine.returns import Asked, AskedLine
from rewards.models import Evaluation, Grant
from rewards.services.activities import accept_activities
from rewards.services.activity_events import read_activity_event
from rewards.services.enrolment import enrol_customer
from rewards.services.evaluation.run import evaluate_due
from rewards.services.intake import accept_purchases
from rewards.services.payments import accept_payment
from rewards.services.purchase_events import read_purchase_event
from rewards.services.refunds import accept_refund, adopt_refunds
from tests.factories.credits import TierFactory, WalletFactory
from tests.factories.referrals import NOON, MerchantFactory
from tests.factories.rewards import PolicyFactory, PolicyVersionFactory, RewardOptionFactory

BRONZE = {"code": "bronze"}
SILVER = {"code": "silver", "min_spend": 100_00, "points_multiplier": "2"}
PER_DOLLAR = {"points": {"per_currency_unit": 1}}
MINUTE = timedelta(minutes=1)
LONG_AGO = NOON - timedelta(days=3650)


def policy(beneficiary="buyer", on="purchase.completed", points=100, **definition):
    """What a policy says; a fixed number of points unless it gives something else."""
    return {"trigger": on, "beneficiary": beneficiary, "give": {"points": {"fixed": points}}, **definition}


class Shop:
    """One merchant; `now` is the moment of everything that is not told another."""

    def __init__(self, *policies, tiers=(BRONZE, SILVER), terms=(), **merchant):
        self.now = NOON
        self.merchant = MerchantFactory(**merchant)
        self.wallet = WalletFactory(merchant=self.merchant, **dict(terms))
        for rank, tier in enumerate(tiers):
            TierFactory(wallet=self.wallet, rank=rank, **tier)
        self.meal = RewardOptionFactory(reward_type__merchant=self.merchant, code="free-meal")
        self.policies = [self.publish(definition) for definition in policies]
        self.numbers = count(1)

    def publish(self, definition, policy=None, number=1):
        """Put a definition in force: as a new policy, from long ago on, or as the next version of one."""
        policy = policy or PolicyFactory(merchant=self.merchant)
        policy.versions.filter(status="published").update(status="retired", retired_at=self.now)
        since = self.now if number > 1 else LONG_AGO
        PolicyVersionFactory(policy=policy, number=number, definition=definition, published_at=since)
        return policy

    def event(self, customer, dollars=10, **said):
        number = next(self.numbers)
        raw = {
            "event_id": f"event-{number}",
            "order_id": f"order-{number}",
            "occurred_at": said.pop("at", self.now).isoformat(),
            "currency": self.merchant.currency,
            "total": round(dollars * 100),
            "customer": {"id": customer, "email": said.pop("email", None)},
            "items": [{"sku": "SALAD", "category": "meals", "quantity": 1, "unit_price": round(dollars * 100)}],
        }
        return read_purchase_event({**raw, **said}, currency=self.merchant.currency)

    def accept(self, *events, source="api"):
        return accept_purchases(merchant=self.merchant, source=source, events=events, now=self.now)

    def buys(self, customer, dollars=10, **said):
        """A purchase that waits to be evaluated."""
        (outcome,) = self.accept(self.event(customer, dollars, **said))
        return Purchase.objects.get(uuid=outcome.uuid)

    def tell(self, *activities):
        """Activities that another system tells: (customer, kind) each, and perhaps more that is said of it."""
        now = self.now
        said = [
            {"activity_id": f"activity-{next(self.numbers)}", "occurred_at": now.isoformat()}
            | {"kind": kind, "customer": {"id": customer}}
            | (more[0] if more else {})
            for customer, kind, *more in activities
        ]
        events = [read_activity_event(each, now=now) for each in said]
        return accept_activities(merchant=self.merchant, source="api", events=events, now=now)

    def does(self, customer, kind, **said):
        """An activity, evaluated."""
        (outcome,) = self.tell((customer, kind, said))
        self.works()
        return outcome

    def joins(self, friend, *, code="", birthday=None):
        identity = Identity(friend, f"{friend}@example.com", birthday=birthday)
        return enrol_customer(merchant=self.merchant, identity=identity, referral_code=code, now=self.now)

    def refunds(self, purchase, refund_id="", **asked):
        """A refund that waits to be worked out; of the whole purchase, if nothing else is asked."""
        return self.refunds_order(purchase.order_id, refund_id, **asked)

    def refunds_order(self, order_id, refund_id="", *, lines=(), **asked):
        """A refund of an order, which may not have come yet."""
        return accept_refund(
            merchant=self.merchant,
            reference=order_id,
            refund_id=refund_id or f"refund-{order_id}-{next(self.numbers)}",
            asked=Asked(lines=tuple(AskedLine(**line) for line in lines), **asked),
            occurred_at=self.now,
            now=self.now,
        )

    def works(self, *, later=MINUTE):
        """Evaluate all that is due, and a moment later all that was put off."""
        adopt_refunds(now=self.now)
        while evaluate_due(now=self.now):
            pass
        self.now += later
        while evaluate_due(now=self.now):
            pass

    def bought(self, customer, dollars=10, **said):
        purchase = self.buys(customer, dollars, **said)
        self.works()
        return purchase

    def refunded(self, purchase, **asked):
        self.refunds(purchase, **asked)
        self.works()

    def spends(self, name, points):
        """A customer pays with points."""
        customer_id = self.customer(name).pk
        with transaction.atomic():
            terms = default_wallet_terms(merchant=self.merchant)
            book = open_book(terms=terms, customer_ids=[customer_id], now=self.now)
            key = f"spend:{next(self.numbers)}"
            cause = Cause(key, "spend", 1, None, None, "spent", {}, self.now)
            spend(book=book, customer_id=customer_id, points=points, cause=cause)
            book.write()

    def settles(self, purchase, status):
        """The payment of a purchase ended so, and that was worked out."""
        accepted = accept_payment(purchase_id=purchase.pk, status=status, occurred_at=self.now, now=self.now)
        self.works()
        return accepted

    def customer(self, name):
        return Customer.objects.get_or_create(
            merchant=self.merchant, external_id=name, defaults={"created_at": self.now}
        )[0]

    def code(self, name):
        return issue_code(customer=self.customer(name), now=NOON - timedelta(days=1)).code

    def account(self, name):
        return Account.objects.select_related("tier").get(customer=self.customer(name))

    def points(self, name):
        account = Account.objects.filter(customer=self.customer(name)).first()
        return account.available - account.owed if account else 0

    def grants(self, name, **which):
        rows = Grant.objects.filter(customer=self.customer(name), **which).order_by("id")
        return list(rows.values_list("state", flat=True))

    def referral(self, friend):
        return Referral.objects.get(referee=self.customer(friend))


def evaluation_of(purchase):
    return Evaluation.objects.get(subject_id=purchase.pk, trigger="purchase.completed", cause=None)


def awarded(purchase):
    """What was decided for a purchase: (trigger, beneficiary, points or option)."""
    root = evaluation_of(purchase)
    return [
        (evaluation.trigger, award["to"], award.get("points") or award["option"])
        for evaluation in (root, *root.children.order_by("id"))
        for award in evaluation.decision.get("awards", ())
    ]


def refusals(purchase):
    return [refusal[1] for refusal in evaluation_of(purchase).decision.get("refusals", ())]


def assert_books_are_right(now=NOON + timedelta(days=1)):
    broken = [finding for finding in check(INVARIANTS, now=now) if finding.violations]
    assert not broken, broken
