"""What a customer of the little shop redeemed, in every state that there is: made by the product itself, and true."""

from datetime import timedelta

from django.utils import timezone

from credits.selectors.terms import default_wallet_terms
from credits.services.direct import Instruction, award_points
from fulfillment.models import Assignment, Redemption, Slot
from fulfillment.services.appointments import book_slot
from fulfillment.services.dispatch import approve, dispatch_next, reject
from fulfillment.services.fulfilment import complete_job
from fulfillment.services.redemptions import Wish, redeem
from fulfillment.services.repairs import Confirmed
from fulfillment.services.service_records import Told, record_service
from fulfillment.services.shipping import send
from referrals.models import Customer
from referrals.services.api_keys import issue_api_key
from rewards.models import RewardOption, RewardType
from rewards.services.coupons import import_coupons
from tests.factories.fulfillment import TechnicianFactory
from tests.factories.referrals import UserFactory

OPTIONS = {
    "five-off": ("purchase_discount", {}),
    "card": ("gift_card", {"needs_coupon": True}),
    "half-off": ("repair_discount", {"needs_technician": True}),
    "parcel": ("merchandise", {"shipping_required": True, "stock_quantity": 5}),
    "tasting": ("experience", {"by_appointment": True}),
    "vase": ("merchandise", {"needs_approval": True, "stock_quantity": 5}),
}


def redeem_everything(merchant):
    """Gwen has a voucher, a gift card, and half of a repair; a parcel is sent, a tasting booked, a vase refused."""
    now, sam = timezone.now(), UserFactory()
    gwen = Customer.objects.create(merchant=merchant, external_id="gwen", user=UserFactory(), created_at=now)
    _give_points(merchant, gwen, now)
    options = {code: _option(merchant, code, category, terms) for code, (category, terms) in OPTIONS.items()}
    import_coupons(option=options["card"], codes=["GWEN-1", "GWEN-2"], now=now)
    redeemed = {}
    for code, option in options.items():
        address = "1 Elm Street" if code == "parcel" else ""
        redeemed[code] = redeem(wish=Wish(gwen, option, 1, f"wish:{code}", "customer", address), now=now)
    reject(redemption_id=redeemed["vase"].pk, person=sam, reason="out_of_stock", now=now)
    second = redeem(wish=Wish(gwen, options["vase"], 1, "wish:another", "customer"), now=now)
    approve(redemption_id=second.pk, person=sam, now=now)
    send(redemption_id=redeemed["parcel"].pk, carrier="Post", tracking="RR1", person=sam, now=now)
    slot = Slot.objects.create(
        merchant=merchant,
        option=options["tasting"],
        starts_at=now + timedelta(days=9),
        ends_at=now + timedelta(days=10),
    )
    book_slot(redemption_id=redeemed["tasting"].pk, slot=slot.uuid, now=now)
    _repair(merchant, gwen, redeemed["half-off"], now)


def _give_points(merchant, gwen, now):
    key, _ = issue_api_key(merchant=merchant, name="Till")
    award_points(
        Instruction(
            terms=default_wallet_terms(merchant=merchant),
            customer_id=gwen.pk,
            points=1000,
            api_key_id=key.pk,
            actor="key:till",
            name="gwen",
            type_="",
            reference="",
            remark="",
            now=now,
        )
    )


def _option(merchant, code, category, terms):
    type_ = RewardType.objects.create(
        merchant=merchant, code=code, name=code, category=category, discount_type="percentage", discount_value=50
    )
    return RewardOption.objects.create(
        merchant=merchant, reward_type=type_, code=code, name=code, points_required=100, **terms
    )


def _repair(merchant, gwen, redemption: Redemption, now):
    tina = TechnicianFactory(merchant=merchant)
    record_service(customer=gwen, told=Told("repair-1", "repair", 200_00), now=now)
    while dispatch_next(now=now) is not None:
        pass
    job = Assignment.objects.get(redemption=redemption)
    complete_job(job=job.uuid, technician=tina, repair=Confirmed("repair-1", 100_00), now=now)
