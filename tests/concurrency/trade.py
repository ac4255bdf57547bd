"""A shop whose points are easily counted by hand: what the tests of concurrency trade in."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.db.models import F
from django.utils import timezone
from rest_framework.test import APIClient

from credits.models import Account
from referrals.models import Merchant
from referrals.services.api_keys import issue_api_key
from referrals.services.codes import issue_code
from referrals.services.customers import Identity
from rewards.engine.returns import Asked
from rewards.models import Counter, Evaluation, EvaluationState, Grant
from rewards.models.evaluations import SHARDS
from rewards.services.enrolment import enrol_customer
from rewards.services.evaluation.run import evaluate_due
from rewards.services.intake import accept_purchases
from rewards.services.purchase_events import read_purchase_event
from rewards.services.refunds import accept_refund
from tests.factories.credits import WalletFactory
from tests.factories.referrals import CustomerFactory, MerchantFactory
from tests.factories.rewards import PolicyVersionFactory, RewardOptionFactory

PRICE = 1250
POINTS_A_PURCHASE = 12
POINTS_A_FRIENDS_PURCHASE = 10
MILESTONES = (1, 100, 1000)

ONE_A_DOLLAR = {
    "trigger": "purchase.completed",
    "beneficiary": "buyer",
    "give": {"points": {"per_currency_unit": 1}},
}
TEN_FOR_THE_REFERRER = {
    "trigger": "purchase.completed",
    "beneficiary": "referrer",
    "give": {"points": {"fixed": POINTS_A_FRIENDS_PURCHASE}},
}
MEAL_AT_MILESTONES = {
    "trigger": "purchase.completed",
    "beneficiary": "referrer",
    "give": {"grant": {"option": "free-meal"}},
    "milestones": {"scope": "per_friend", "measure": "purchases", "at": list(MILESTONES)},
}
USUAL = {"one-a-dollar": ONE_A_DOLLAR, "ten-for-the-referrer": TEN_FOR_THE_REFERRER, "meals": MEAL_AT_MILESTONES}


@dataclass(frozen=True)
class Shop:
    """A merchant with policies in force, and the ways in which facts reach it."""

    merchant: Merchant

    def event(self, number, customer="bob", **changed):
        """A purchase event as another system words it; the same number is the same event."""
        raw = {
            "event_id": f"event-{number}",
            "order_id": f"order-{number}",
            "occurred_at": (timezone.now() - timedelta(hours=1)).replace(microsecond=0),
            "currency": self.merchant.currency,
            "total": PRICE,
            "customer": {"id": customer},
            "items": [{"sku": "SOUP", "quantity": 1, "unit_price": PRICE, "category": "meals"}],
        }
        return {**raw, **changed}

    def accept(self, *raw, source="api"):
        """Take purchase events in; the outcomes."""
        events = [read_purchase_event(each, currency=self.merchant.currency) for each in raw]
        return accept_purchases(merchant=self.merchant, source=source, events=events, now=timezone.now())

    def door(self):
        """A way of posting purchase events to the API."""
        _, token = issue_api_key(merchant=self.merchant, name="Shop")
        return partial(
            APIClient().post, "/api/v1/purchases", format="json", headers={"Authorization": f"Bearer {token}"}
        )

    def enrol(self, customer, *, code="", now=None):
        """Register a customer, perhaps with a friend's code."""
        return enrol_customer(
            merchant=self.merchant, identity=Identity(customer), referral_code=code, now=now or timezone.now()
        )

    def referrer(self, name):
        """A customer with a code that friends can bring; the code."""
        customer = CustomerFactory(merchant=self.merchant, external_id=name)
        return issue_code(customer=customer, now=timezone.now()).code

    def refund(self, number, refund_id, amount=None):
        """Refund a purchase, wholly or by an amount."""
        now = timezone.now()
        return accept_refund(
            merchant=self.merchant,
            reference=f"order-{number}",
            refund_id=refund_id,
            asked=Asked(amount),
            occurred_at=now,
            now=now,
        )

    def points(self, customer):
        """What a customer can spend."""
        account = Account.objects.filter(customer__merchant=self.merchant, customer__external_id=customer).first()
        return account.available if account else 0

    def purchases_counted(self, customer):
        """How many purchases count for a customer."""
        return Counter.objects.get(customer__external_id=customer, scope="per_friend", measure="purchases").amount

    def meals(self, customer):
        """The milestones for which a customer got free meals."""
        keys = Grant.objects.filter(customer__external_id=customer).values_list("key", flat=True)
        return sorted(int(key.rsplit(":", 1)[1]) for key in keys)


def open_shop(**definitions):
    """A shop with these policies, by code; the usual ones if none are named."""
    merchant = MerchantFactory()
    WalletFactory(merchant=merchant)
    RewardOptionFactory(reward_type__merchant=merchant, code="free-meal")
    for code, definition in (definitions or USUAL).items():
        PolicyVersionFactory(policy__merchant=merchant, policy__code=code, definition=definition)
    return Shop(merchant)


def evaluate_everything():
    """Evaluate, in this process, until nothing is due."""
    while evaluate_due(now=timezone.now()):
        pass


def pending():
    """How many work orders wait."""
    return Evaluation.objects.filter(state=EvaluationState.PENDING).count()


def scatter():
    """Put the work of one customer into all shards: what is right must not depend on where work queues."""
    Evaluation.objects.update(shard=F("id") % SHARDS)
