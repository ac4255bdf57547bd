"""A person of whom everything is known that can be known, in every place where it is kept."""

from io import StringIO

import msgspec
import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from config.lib.admin import record_action
from config.lib.encryption import lookup_hash
from credits.models import Tier, Wallet
from credits.services.adjusting import ask_adjustment
from credits.services.assigning import assign_tier
from fulfillment.services.redemptions import Wish, redeem
from fulfillment.services.service_records import Told, record_service
from fulfillment.services.shipping import send
from referrals.models import Customer
from rewards.services.checkout import refill_snapshots
from tests.api.caller import CODES, CUSTOMERS, evaluate_all
from tests.api.points import Till
from tests.factories.fulfillment import (
    ContactPreferenceFactory,
    NoteFactory,
    NotificationFactory,
    PushSubscriptionFactory,
)
from tests.factories.referrals import NOON, UserFactory
from tests.factories.rewards import RewardOptionFactory

EMAIL = "wilhelmina@quackenbush.example"
LOGIN = "minna.q@post.example"
PHONE = "+441632960961"
BROWSER = "https://push.example.com/wilhelminas-telescope"
ZONE = "Pacific/Kiritimati"
PERSON = {"id": "crm-0815-wq", "email": EMAIL, "name": "Wilhelmina Quackenbush", "birthday": "1987-03-14"}
PLANTED = {
    "the e-mail": EMAIL,
    "the address they sign in with": LOGIN,
    "the first name": "Wilhelmina",
    "the family name": "Quackenbush",
    "the phone": PHONE,
    "the birthday": PERSON["birthday"],
    "the merchant's id": PERSON["id"],
    "the hash of the e-mail": lookup_hash(EMAIL),
    "the hash of the phone": lookup_hash(PHONE),
    "a remark": "Kaleidoscope",
    "the reason of a correction": "Zwieback",
    "the reason of a tier": "Hovercraft",
    "the zone": ZONE,
    "the address of a parcel": "Threadneedle",
    "the number of a parcel": "RR0815XQ",
    "a note on a redemption": "Umbrella",
    "what is repaired": "Gramophone",
}


@pytest.fixture
def wilhelmina(shop, api, rf):
    """She buys, refers Bob, is given points and a tier in words, gives points, signs in, is shown at a checkout."""
    Wallet.objects.filter(merchant=shop).update(transfer_day_max=1000)
    till, sam = Till(api), UserFactory(is_staff=True)
    api.post(CUSTOMERS, PERSON)
    code = api.post(CODES, {"customer": PERSON["id"]}).json()["code"]
    api.buy(customer={key: PERSON[key] for key in ("id", "email", "name")})
    api.buy(event_id="event-2", order_id="order-2", customer={"id": "bob"}, referral_code=code)
    evaluate_all()
    till.earn(50, PERSON["id"], description="Kaleidoscope returned in a red box")
    till.hold(5, "cart-1", PERSON["id"])
    till.give(3, "bob", PERSON["id"])
    till.give(1, PERSON["id"], "bob")
    her = Customer.objects.get(external_id=PERSON["id"])
    her.phone, her.phone_hash, her.user = PHONE, lookup_hash(PHONE), UserFactory(email=LOGIN, first_name="Wilhelmina")
    her.save()
    request = rf.get("/")
    request.user = sam
    record_action(request, [her, her.user], "Looked.")
    told = {"merchant": shop, "customer_id": her.pk, "now": NOON}
    ask_adjustment(**told, points=7, reason="Zwieback was stale", asked_by=sam)
    tier = Tier.objects.filter(wallet__merchant=shop).latest("rank").code
    assign_tier(**told, tier_code=tier, reason="Hovercraft full of eels", actor="user:1", until=None)
    PushSubscriptionFactory(customer=her, endpoint=BROWSER)
    ContactPreferenceFactory(customer=her, time_zone=ZONE)
    NotificationFactory(customer=her)
    let_her_redeem(shop, her, sam)
    Client().force_login(her.user)
    refill_snapshots(now=timezone.now())
    for reference in (her.external_id, her.uuid):
        assert api.get(f"{CUSTOMERS}/{reference}/credits").status_code == 200
    return her


def let_her_redeem(shop, her, sam):
    """A mug is sent to her, of whom a note is written, and something of hers is repaired."""
    mug = RewardOptionFactory(reward_type__merchant=shop, code="sent", points_required=5, shipping_required=True)
    wish = Wish(her, mug, 1, "request:1", "customer", address="Wilhelmina Quackenbush\n1 Threadneedle Street")
    redemption = redeem(wish=wish, now=NOON)
    NoteFactory(redemption=redemption, text="Umbrella left")
    send(redemption_id=redemption.pk, carrier="Post", tracking="RR0815XQ", person=sam, now=NOON)
    record_service(customer=her, told=Told("job-1", "repair", 100, "Gramophone of hers"), now=NOON)


@pytest.fixture
def erase():
    """Run the command; what it prints."""

    def run(customer, *, merchant="corner-shop"):
        out = StringIO()
        call_command("erase_customer", merchant=merchant, customer=str(customer), stdout=out)
        return msgspec.json.decode(out.getvalue())

    return run


def login_exists():
    return get_user_model().objects.filter(email=LOGIN).exists()
