"""A small ledger to post to: one customer of one merchant, and one batch for each posting."""

from contextlib import contextmanager
from itertools import count

from django.db import transaction

from config.lib.proof import check
from credits.models import Account, Entry, Lot, TierMove
from credits.selectors.accounts import Balance, balance_now
from credits.selectors.terms import default_wallet_terms
from credits.selectors.tiers import tier_progress
from credits.services import proof
from credits.services.assigning import assign_tier
from credits.services.holds import capture_hold, place_hold, release_hold
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from credits.services.releasing import release_waiting
from credits.services.reversals import earned_lots, take_back
from credits.services.reviewing import review_tiers
from credits.services.spending import restore, spend
from credits.services.transfers import transfer_points
from referrals.models import Event
from tests.factories.credits import TierFactory, WalletFactory
from tests.factories.referrals import NOON, CustomerFactory

TIERS = (
    {"code": "bronze"},
    {"code": "silver", "min_spend": 500_00, "min_orders": 5, "points_multiplier": "1.25"},
    {"code": "gold", "min_spend": 1500_00, "min_orders": 15, "min_points": 1000, "points_multiplier": "1.5"},
)


def cause_of(key, at=NOON):
    return Cause(key, "purchase", 1, 1, None, "purchase.completed", {}, at)


class Ledger:
    """The points of one customer, and what can happen to them."""

    def __init__(self, *, time_zone="UTC", **wallet):
        self.customer = CustomerFactory(merchant__time_zone=time_zone)
        self.merchant = self.customer.merchant
        self.wallet = WalletFactory(merchant=self.merchant, **wallet)
        for rank, tier in enumerate(TIERS):
            TierFactory(wallet=self.wallet, rank=rank, **tier)
        self.numbers = count(1)
        self.latest = NOON

    @contextmanager
    def book(self, *, now=NOON, earliest=None):
        self.latest = max(self.latest, now)
        with transaction.atomic():
            terms = default_wallet_terms(merchant=self.merchant)
            book = open_book(terms=terms, customer_ids=[self.customer.pk], now=now, earliest=earliest)
            self.latest = max(self.latest, now)
            yield book
            book.write()

    def earn(self, points, key="", *, at=NOON, now=NOON, **terms):
        key = key or f"award:{next(self.numbers)}"
        with self.book(now=now) as book:
            book.earn(self.customer.pk, points, cause_of(key, at), **terms)
        return key

    def take_back(self, key, points, *, now=NOON):
        with self.book(now=now) as book:
            return self.take_back_in(book, key, points)

    def take_back_in(self, book, key, points):
        lot = earned_lots(merchant_id=self.merchant.pk, keys=[key])[key]
        cause = cause_of(f"refund:{key}", book.now)
        return take_back(book=book, customer_id=self.customer.pk, points=points, lot=lot, cause=cause)

    def spend(self, points, *, now=NOON):
        """Spend; the key of the entry is returned."""
        key = f"spend:{next(self.numbers)}"
        with self.book(now=now) as book:
            spend(book=book, customer_id=self.customer.pk, points=points, cause=cause_of(key, now))
        return key

    def earn_and_spend(self, points):
        """Earn and spend at once; the key of what was earned is returned."""
        key = self.earn(points)
        self.spend(points)
        return key

    def settle(self, *, now):
        with self.book(now=now):
            pass

    def posted(self, kind):
        """The points of all entries of a kind, in their order."""
        return list(
            Entry.objects.filter(account=self.account, kind=kind).order_by("id").values_list("points", flat=True)
        )

    def restore(self, key, points=None, *, now=NOON):
        entry = Entry.objects.get(merchant=self.merchant, key=key)
        cause = cause_of(f"restore:{key}:{next(self.numbers)}", now)
        with self.book(now=now) as book:
            return restore(book=book, customer_id=self.customer.pk, entry_id=entry.pk, cause=cause, points=points)

    def hold(self, points, key, *, until, now=NOON):
        with self.book(now=now) as book:
            place_hold(book=book, customer_id=self.customer.pk, points=points, key=key, expires_at=until)

    def capture(self, key, points=None, *, now=NOON):
        with self.book(now=now) as book:
            cause = cause_of(f"capture:{key}", now)
            capture_hold(book=book, customer_id=self.customer.pk, key=key, cause=cause, points=points)

    def unhold(self, key, *, now=NOON):
        with self.book(now=now) as book:
            release_hold(book=book, customer_id=self.customer.pk, key=key)

    def release(self, keys, waiting_for, *, now=NOON):
        with self.book(now=now) as book:
            return release_waiting(book=book, keys=keys, waiting_for=waiting_for)

    def give(self, points, receiver, *, key="", giver=None, now=NOON):
        """Give points away; whether they were given now is returned."""
        key = key or str(next(self.numbers))
        self.latest = max(self.latest, now)
        return transfer_points(
            terms=default_wallet_terms(merchant=self.merchant),
            giver_id=(giver or self.customer).pk,
            receiver_id=receiver.pk,
            points=points,
            key=key,
            actor="tests",
            now=now,
        )

    def adjoin(self, customer):
        """Another customer has an account too."""
        with transaction.atomic():
            terms = default_wallet_terms(merchant=self.merchant)
            open_book(terms=terms, customer_ids=[self.customer.pk, customer.pk], now=NOON).write()

    def buy(self, spend=0, *, orders=1, points=0, at=NOON, now=NOON):
        """Add to the claim to a tier, and lift; the number of the evaluation is returned."""
        evaluation_id = next(self.numbers)
        with self.book(now=now) as book:
            self.qualify(book, evaluation_id, spend=spend, orders=orders, points=points, at=at)
        return evaluation_id

    def qualify(self, book, evaluation_id, *, spend=0, orders=1, points=0, at=NOON):
        book.qualify(
            self.customer.pk, spend=spend, orders=orders, points=points, evaluation_id=evaluation_id, occurred_at=at
        )
        return book.lift_tier(self.customer.pk, evaluation_id=evaluation_id, occurred_at=at)

    def review(self, now):
        """Run the reviews that are due, as the sweep does."""
        self.latest = max(self.latest, now)
        return review_tiers(now=now)

    def assign(self, tier, *, until=None, now=NOON, key=None, reason="A friend of the house"):
        self.latest = max(self.latest, now)
        return assign_tier(
            merchant=self.merchant,
            customer_id=self.customer.pk,
            tier_code=tier,
            reason=reason,
            actor="key:gv_1",
            until=until,
            now=now,
            key=key,
        )

    def progress(self, now):
        terms = default_wallet_terms(merchant=self.merchant)
        return tier_progress(terms=terms, account=Account.objects.filter(customer=self.customer).first(), now=now)

    @property
    def tier(self):
        return self.account.tier.code

    @property
    def told(self):
        """What was told about tiers, in order: the last word of each type of event."""
        types = Event.objects.filter(merchant=self.merchant, type__startswith="tier.").order_by("sequence")
        return [type_.removeprefix("tier.") for type_ in types.values_list("type", flat=True)]

    @property
    def account(self):
        return Account.objects.select_related("tier").get(customer=self.customer)

    @property
    def sums(self):
        account = self.account
        return {name: value for name in ("available", "pending", "held", "owed") if (value := getattr(account, name))}

    def read(self, now):
        """What a read says at a moment, which writes nothing: the sums, or the lots once the sums are past."""
        account = self.account
        if account.next_change_at is None or account.next_change_at > now:
            return Balance(account.available, account.pending, account.held, account.owed)
        return balance_now(account_id=account.pk, owed=account.owed, now=now)

    def balance(self, now):
        """What can be spent and what is pending at a moment, computed from the lots."""
        account = self.account
        return balance_now(account_id=account.pk, owed=account.owed, now=now)[:2]

    @property
    def moves(self):
        rows = TierMove.objects.filter(account__customer=self.customer).order_by("id")
        return list(rows.values_list("from_tier__code", "to_tier__code"))

    def lot(self, key):
        return Lot.objects.get(entry__merchant=self.merchant, entry__key=key)


def assert_books_are_right(now=NOON):
    broken = [finding for finding in check(proof.INVARIANTS, now=now) if finding.violations]
    assert not broken, broken
