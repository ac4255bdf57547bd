"""A shop with a little of everything in its books: made by the product itself, and true."""

from datetime import UTC, date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from credits.selectors.terms import default_wallet_terms
from credits.services.holds import place_hold
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from credits.services.spending import restore, spend
from referrals.models import Customer, Merchant, Purchase, Settlement
from referrals.services.codes import issue_code
from rewards.engine.returns import Asked
from rewards.services.activities import accept_activities
from rewards.services.activity_events import read_activity_event
from rewards.services.birthdays import record_birthdays
from rewards.services.evaluation.run import evaluate_due
from rewards.services.intake import accept_purchases
from rewards.services.payments import accept_payment
from rewards.services.programmes.applying import apply_programme
from rewards.services.programmes.document import Source
from rewards.services.programmes.reading import read_programme
from rewards.services.purchase_events import read_purchase_event
from rewards.services.refunds import accept_refund, adopt_refunds
from tests.config.little_checkout import check_out
from tests.config.little_deliveries import redeem_everything

LONG_AGO = datetime(2026, 3, 1, 12, tzinfo=UTC)

PROGRAMME = """\
merchant: {slug: proven, name: Proven, currency: USD, time_zone: America/Detroit}
wallet: {code: points, unit_name: points, expiry_months: 240, return_policy: owed}
tiers:
  - {code: bronze, name: Bronze}
  - {code: silver, name: Silver, requirements: {spend: 30.00}, points_multiplier: 1.5}
checkout: {points_min: 1}
partners: [{code: cafe, name: Café, share_percent: 50}]
reward_types:
  - {code: meal, name: Meal, category: free_product, discount_type: free}
  - {code: voucher, name: Voucher, category: gift_card}
reward_options:
  - {code: free-meal, name: Free meal, reward_type: meal}
  - {code: coffee, name: Coffee, reward_type: voucher, points_required: 5, needs_coupon: true,
     partner: cafe, partner_price: 3.00}
badges:
  - {code: buyer, name: Buyer}
campaigns:
  - {code: friends, name: Friends, budget: 1000, definition: {type: referral_campaign}}
  - {code: begin, name: Begin, definition: {type: achievement, goal: {measure: purchases, target: 1}}}
policies:
  - code: buyer
    name: A badge for the first purchase
    definition: {trigger: campaign.completed, campaign: begin, beneficiary: customer, give: {badge: {code: buyer}}}
  - code: points
    name: A point per dollar
    definition:
      {trigger: purchase.completed, beneficiary: buyer, give: {points: {per_currency_unit: 1, tier_multiplier: true}}}
  - code: thanks
    name: Thanks for coming back
    definition:
      trigger: purchase.completed
      beneficiary: buyer
      when: customer.purchases > 0
      give: {points: {fixed: 3, counts_for_tier: false}}
      on_refund: keep
  - code: friend
    name: Each friend's purchase, twice a day
    definition:
      trigger: purchase.completed
      beneficiary: referrer
      campaign: friends
      give: {points: {fixed: 20}}
      limits: {per_customer: {times: 2, per: day}}
  - code: meals
    name: A friend's first meals
    definition:
      trigger: purchase.completed
      beneficiary: referrer
      milestones: {scope: per_friend, measure: "units:meals", at: [1, 4]}
      give: {grant: {option: free-meal}}
  - code: friends
    name: Purchases of all friends
    definition:
      trigger: purchase.completed
      beneficiary: referrer
      milestones: {scope: across_friends, measure: purchases, every: 2}
      give: {points: {fixed: 5}}
  - code: qualified
    name: A new friend
    definition: {trigger: referral.qualified, beneficiary: referrer, give: {points: {fixed: 100}}}
  - code: share
    name: Points for sharing, spendable two days later
    definition:
      trigger: activity.recorded
      activity: social_share
      beneficiary: customer
      give: {points: {fixed: 10, pending_days: 2, expires: never}}
"""


def write_history():
    """Alice brings Bob and Dave; Bob pays back one purchase, Dave his only one; Carol comes by herself.

    Carol pays back a part. Erin pays late once, and once never; a refund comes before her purchase and asks too much.
    Frank's order never comes. Gina brings Hans, and is at the checkout.
    """
    apply_programme(programme=read_programme(Source(PROGRAMME, name="proven.yaml")), now=LONG_AGO)
    merchant = Merchant.objects.get(slug="proven")
    alice = Customer.objects.create(merchant=merchant, external_id="alice", created_at=LONG_AGO)
    code = issue_code(customer=alice, now=LONG_AGO).code
    buy(merchant, "bob-1", "bob", code=code)
    work_off()
    buy(merchant, "dave-1", "dave", code=code)
    buy(merchant, "carol-1", "carol", code="N0SUCHC0DE")
    work_off()
    buy(merchant, "bob-2", "bob", quantity=3)
    buy(merchant, "bob-3", "bob")
    buy(merchant, "alice-1", "alice")
    buy(merchant, "carol-2", "carol", payment_status="pending")
    work_off()
    pay_back(merchant, "bob-2")
    pay_back(merchant, "dave-1")
    buy(merchant, "bob-3", "bob", quantity=2)
    work_off()
    buy(merchant, "bob-4", "bob")
    celebrate(merchant, "alice")
    share(merchant, "alice")
    work_off()
    pay_back(merchant, "carol-1", amount=450)
    pay_back(merchant, "erin-1", amount=99_99)
    pay_back(merchant, "frank-1")
    buy(merchant, "erin-1", "erin", payment_status="pending")
    buy(merchant, "erin-2", "erin", payment_status="pending")
    adopt_refunds(now=timezone.now())
    settle(merchant, "erin-1", Settlement.PAID)
    settle(merchant, "erin-2", Settlement.VOIDED)
    work_off()
    spend_some(merchant, alice)
    gina = Customer.objects.create(merchant=merchant, external_id="gina", created_at=LONG_AGO)
    buy(merchant, "hans-1", "hans", code=issue_code(customer=gina, now=LONG_AGO).code)
    work_off()
    check_out(merchant, "gina", LONG_AGO)
    work_off()
    redeem_everything(merchant)
    return merchant


def buy(merchant, order_id, customer, *, quantity=1, code=None, payment_status="paid"):
    """A purchase of so many salads comes in, once for each day since long ago."""
    days = Purchase.objects.filter(merchant=merchant).count()
    event = {
        "event_id": f"{order_id}-{quantity}",
        "order_id": order_id,
        "occurred_at": (LONG_AGO + timedelta(days=days)).isoformat(),
        "currency": "USD",
        "total": 1250 * quantity,
        "customer": {"id": customer},
        "referral_code": code,
        "payment_status": payment_status,
        "items": [
            {"sku": "SALAD", "category": "meals", "quantity": quantity, "unit_price": 1000},
            {"sku": "TEA", "category": "drinks", "quantity": 1, "unit_price": 250},
        ],
    }
    read = read_purchase_event(event, currency="USD")
    return accept_purchases(merchant=merchant, source="api", events=[read], now=timezone.now())[0]


def share(merchant, customer):
    """A customer shares something."""
    event = {
        "activity_id": "share-1",
        "kind": "social_share",
        "occurred_at": LONG_AGO.isoformat(),
        "customer": {"id": customer},
    }
    now = timezone.now()
    accept_activities(merchant=merchant, source="api", events=[read_activity_event(event, now=now)], now=now)


def celebrate(merchant, customer):
    """It was a customer's birthday long ago, and the sweep came by."""
    Customer.objects.filter(merchant=merchant, external_id=customer).update(birthday=date(1990, 3, 1))
    record_birthdays(now=LONG_AGO)


def pay_back(merchant, order_id, amount=None):
    """The purchase is refunded, wholly or by an amount."""
    now = timezone.now()
    accept_refund(
        merchant=merchant,
        reference=order_id,
        refund_id=f"back-{order_id}-{amount}",
        asked=Asked(amount),
        occurred_at=now,
        now=now,
    )


def spend_some(merchant, customer):
    """Five points are spent; eight are spent and given back; six are held for a cart."""
    now = timezone.now()
    terms = default_wallet_terms(merchant=merchant)
    for points, key in ((5, "tea"), (8, "cake")):
        cause = Cause(f"spend:{key}", "redemption", 1, None, None, "redeemed", {}, now)
        with transaction.atomic():
            book = open_book(terms=terms, customer_ids=[customer.pk], now=now)
            spent = spend(book=book, customer_id=customer.pk, points=points, cause=cause).entry
            book.write()
    back = Cause("restore:cake", "redemption", 1, None, None, "restored", {}, now)
    with transaction.atomic():
        book = open_book(terms=terms, customer_ids=[customer.pk], now=now)
        restore(book=book, customer_id=customer.pk, entry_id=spent.id, cause=back)
        place_hold(book=book, customer_id=customer.pk, points=6, key="cart", expires_at=now + timedelta(days=1))
        book.write()


def settle(merchant, order_id, status):
    """The payment of a purchase ended so."""
    purchase, now = Purchase.objects.get(merchant=merchant, order_id=order_id), timezone.now()
    accept_payment(purchase_id=purchase.pk, status=status, occurred_at=now, now=now)


def work_off():
    """Evaluate all that is due."""
    while evaluate_due(now=timezone.now()):
        pass
