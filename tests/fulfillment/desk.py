"""The desk of a merchant where customers redeem, staff decide, and technicians deliver: what the tests talk to."""

from itertools import count

from django.db import transaction

from credits.models import Account, Entry
from credits.selectors.terms import default_wallet_terms
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from fulfillment.models import Assignment, Redemption
from fulfillment.services import appointments, dispatch, fulfilment, redemptions, shipping
from fulfillment.services.repairs import Confirmed
from fulfillment.services.service_records import Told, complete_service, record_service
from referrals.models import Customer, Event
from rewards.models import RewardOption
from tests.factories.credits import WalletFactory
from tests.factories.fulfillment import SlotFactory, TechnicianFactory
from tests.factories.referrals import NOON, MerchantFactory, UserFactory
from tests.factories.rewards import GrantFactory, RewardOptionFactory
from tests.fulfillment.model import COST


class Desk:
    """A merchant, its rewards and its people; `now` is the clock."""

    def __init__(self, now=NOON, merchant=None):
        self.merchant = merchant or MerchantFactory()
        WalletFactory(merchant=self.merchant)
        self.now = now
        self.numbers = count(1)
        self.sam = UserFactory()

    def option(self, code="mug", category="merchandise", *, discount="none", value=0, **terms):
        """A reward at 100 points, if it is not said otherwise."""
        return RewardOptionFactory(
            reward_type__merchant=self.merchant,
            reward_type__category=category,
            reward_type__discount_type=discount,
            reward_type__discount_value=value,
            code=code,
            **{"points_required": COST, **terms},
        )

    def customer(self, name="alice", points=0, **person):
        customer, _ = Customer.objects.get_or_create(
            merchant=self.merchant, external_id=name, defaults={"created_at": NOON, **person}
        )
        if points:
            self.earn(customer, points)
        return customer

    def earn(self, customer, points, **terms):
        with transaction.atomic():
            book = open_book(
                terms=default_wallet_terms(merchant=self.merchant), customer_ids=[customer.pk], now=self.now
            )
            key = f"gift:{next(self.numbers)}"
            book.earn(
                customer.pk, points, Cause(key, "api_key", 1, None, None, "direct.awarded", {}, self.now), **terms
            )
            book.write()

    def redeem(self, customer, option, quantity=1, *, key="", **wish):
        """A customer redeems; each time is another, unless it has a key."""
        wish = redemptions.Wish(
            customer=customer,
            option=RewardOption.objects.get(pk=option.pk),
            quantity=quantity,
            key=key or f"request:{next(self.numbers)}",
            actor="customer",
            **wish,
        )
        return redemptions.redeem(wish=wish, now=self.now)

    def grant(self, customer, option, **grant):
        """What a policy granted."""
        return GrantFactory(
            evaluation__purchase__customer=customer,
            evaluation__decision={},
            merchant=self.merchant,
            customer=customer,
            option=option,
            **grant,
        )

    def cancel(self, redemption, **who):
        return redemptions.cancel(redemption_id=redemption.pk, now=self.now, **who)

    def approve(self, redemption, person=None):
        return dispatch.approve(redemption_id=redemption.pk, person=person or self.sam, now=self.now)

    def reject(self, redemption, reason="out_of_stock", words=""):
        return dispatch.reject(redemption_id=redemption.pk, person=self.sam, reason=reason, words=words, now=self.now)

    def fulfil(self, redemption, **how):
        return fulfilment.fulfil(redemption_id=redemption.pk, person=self.sam, now=self.now, **how)

    def technician(self, **terms):
        return TechnicianFactory(merchant=self.merchant, **terms)

    def dispatch(self):
        """Give out all jobs that wait; those who got one, in the order in which they did."""
        last = Assignment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        while dispatch.dispatch_next(now=self.now) is not None:
            pass
        return [job.technician for job in Assignment.objects.filter(pk__gt=last).order_by("pk")]

    def assign(self, redemption, technician):
        return dispatch.assign(redemption_id=redemption.pk, technician=technician, person=self.sam, now=self.now)

    def job(self, redemption):
        return Assignment.objects.filter(redemption=redemption).order_by("-pk").first()

    def completes(self, technician, job, repair=None, **how):
        """A technician says that a job is done; a repair is a reference and the price that was confirmed."""
        confirmed = Confirmed(*repair) if repair else None
        return fulfilment.complete_job(job=job.uuid, technician=technician, repair=confirmed, now=self.now, **how)

    def gives_up(self, technician, job, *, has_begun=False):
        fulfilment.give_up_job(job=job.uuid, technician=technician, reason="no_time", has_begun=has_begun, now=self.now)

    def sends(self, redemption, carrier="Post", tracking="RR1"):
        return shipping.send(
            redemption_id=redemption.pk, carrier=carrier, tracking=tracking, person=self.sam, now=self.now
        )

    def slot(self, option, places=1, **when):
        return SlotFactory(option=option, places=places, **when)

    def books(self, redemption, slot):
        return appointments.book_slot(redemption_id=redemption.pk, slot=slot.uuid, now=self.now)

    def repair(self, customer, reference="repair-1", amount=200_00, kind="repair", **told):
        record, _ = record_service(customer=customer, told=Told(reference, kind, amount, **told), now=self.now)
        return record

    def settles(self, reference):
        return complete_service(merchant=self.merchant, reference=reference, now=self.now).final_amount


def sums(customer):
    """What a customer has, without what is nothing."""
    account = Account.objects.get(customer=customer)
    told = {name: getattr(account, name) for name in ("available", "pending", "held", "owed")}
    return {name: points for name, points in told.items() if points}


def status_of(redemption):
    return Redemption.objects.get(pk=redemption.pk).status


def history_of(redemption):
    """The steps of a redemption, and who took them."""
    return list(redemption.moves.order_by("pk").values_list("to_status", "actor", "reason"))


def told_of(redemption):
    """The events of a redemption, in their order."""
    events = Event.objects.filter(subject_type="redemption", subject_id=redemption.pk)
    return list(events.order_by("sequence").values_list("type", flat=True))


def stock_of(option):
    return RewardOption.objects.get(pk=option.pk).stock


def spent(customer):
    """The points of all that a customer redeemed."""
    redeemed = Entry.objects.filter(account__customer=customer, kind="redeemed")
    return list(redeemed.order_by("pk").values_list("points", flat=True))
