"""What customers' apps are answered: one's own things, in the shapes that the document promises, and nobody else's."""

from datetime import timedelta

import jsonschema
import pytest
from django.utils import timezone

from fulfillment.models import ContactPreference, PushSubscription
from referrals.services.limits import SHARING
from tests.api.app import HOST, App
from tests.api.caller import Caller, assert_problem
from tests.factories.fulfillment import NotificationFactory
from tests.factories.referrals import (
    DestinationFactory,
    MerchantFactory,
    ReferralCodeFactory,
    ReferralFactory,
    UserFactory,
)
from tests.factories.rewards import BadgeFactory, CampaignFactory
from tests.fulfillment.conftest import assert_delivered_as_promised
from tests.fulfillment.desk import Desk

pytestmark = pytest.mark.django_db
NOBODYS = "01911111-1111-7111-8111-111111111111"
BROWSER = {  # The keys are those of the example in RFC 8291.
    "endpoint": "https://push.example.com/1",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}


@pytest.fixture
def desk():
    desk = Desk(now=timezone.now(), merchant=MerchantFactory(domain=HOST))
    yield desk
    assert_delivered_as_promised()


@pytest.fixture
def app_of(desk):
    """The app of a customer, who has 500 points and has signed in."""

    def signed_in(name):
        customer = desk.customer(name, points=500, user=UserFactory())
        app = App()
        app.sign_in(customer.user.email)
        return app

    return signed_in


@pytest.fixture
def app(app_of):
    return app_of("alice")


@pytest.fixture
def full(desk):
    """Everything that an app can ask about is there for Alice."""
    alice = desk.customer()
    desk.option(needs_approval=True, shipping_required=True)
    fitting = desk.option("fitting", by_appointment=True)
    DestinationFactory(merchant=desk.merchant, slug="plan")
    CampaignFactory(merchant=desk.merchant, code="spring", definition={"type": "bonus", "join": "participate"})
    BadgeFactory(merchant=desk.merchant)
    NotificationFactory.create_batch(2, customer=alice)
    ReferralFactory(referral_link__customer=alice)
    return desk.slot(fitting, places=2, starts_at=desk.now + timedelta(days=1))


def acts(app, slot):
    """What an app can do, and what it is answered."""
    address, contact = "Alice, 1 Elm Street", {"quiet_from": "20:00:00", "quiet_until": "07:00:00", "language": "de"}
    sent, fitted = app.redeem("mug", "1", address=address), app.redeem("fitting", "2")
    parcel, visit = f"/redemptions/{sent.json()['id']}", f"/redemptions/{fitted.json()['id']}"
    return {
        ("put", ""): app.put("", {"name": "Alice Liddell", "shows_first_name": True, "birthday": "1990-05-06"}),
        ("post", "/code"): app.post("/code"),
        ("post", "/share"): app.post("/share", {"channel": "sms", "to": "plan"}),
        ("post", "/campaigns/{campaign}/participate"): app.post("/campaigns/spring/participate"),
        ("post", "/redemptions"): sent,
        ("get", "/redemptions/{reference}"): app.get(visit),
        ("put", "/redemptions/{reference}/appointment"): app.put(f"{visit}/appointment", {"slot": str(slot.uuid)}),
        ("put", "/redemptions/{reference}/address"): app.put(f"{parcel}/address", {"address": "Alice, 2 Elm Street"}),
        ("post", "/redemptions/{reference}/cancel"): app.post(f"{parcel}/cancel"),
        ("post", "/notifications/read"): app.post("/notifications/read", {"ids": None}),
        ("put", "/preferences"): app.put("/preferences", {"channels": {"points": ["sms"]}, **contact}),
        ("post", "/push-subscriptions"): app.post("/push-subscriptions", BROWSER),
    }


def looks(app):
    """What an app can look at, and what it is shown."""
    lists = ("statement", "referrals", "redemptions", "notifications")
    others = ("credits", "expiring", "tier", "referral-stats", "share", "catalog", "campaigns", "badges", "preferences")
    return {("get", ""): app.get(""), **{("get", f"/{name}"): app.get(f"/{name}") for name in (*lists, *others)}}


def test_every_answer_has_the_shape_that_the_document_promises(app, full):
    answers = {**acts(app, full), **looks(app)}
    promised = Caller().get("/api/schema/?format=json").json()["paths"]
    mine = [path for path in promised if f"{path}/".startswith("/api/v1/me/")]
    operations = {(method, path.removeprefix("/api/v1/me")) for path in mine for method in promised[path]}

    assert operations == {*answers, ("delete", "/push-subscriptions/{subscription}")}
    for (method, path), answer in answers.items():
        assert answer.status_code in {200, 201}, f"{method} {path}: {answer.text}"
        response = promised[f"/api/v1/me{path}"][method]["responses"][str(answer.status_code)]
        shape = response["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator(shape).validate(answer.json())
        assert answer.json().keys() <= shape["properties"].keys()
        assert answer["Cache-Control"] == "no-store"


def test_what_an_app_does_is_done(app, full):
    done = acts(app, full)
    browser = done["post", "/push-subscriptions"].json()["id"]

    removed = app.send("DELETE", f"/api/v1/me/push-subscriptions/{browser}")

    assert (removed.status_code, PushSubscription.objects.count()) == (204, 0)
    assert ContactPreference.objects.get().channels["points"] == ["sms"]
    assert app.get("").json()["name"] == "Alice Liddell"
    assert done["put", "/redemptions/{reference}/appointment"].json()["appointment"]["slot"] == str(full.uuid)
    assert done["post", "/redemptions/{reference}/cancel"].json()["status"] == "cancelled"


def test_what_is_anothers_is_not_there(desk, app_of):
    desk.option(needs_approval=True)
    alice, bob = app_of("alice"), app_of("bob")
    redemption = f"/redemptions/{alice.redeem('mug', 'k').json()['id']}"
    push = f"/api/v1/me/push-subscriptions/{alice.post('/push-subscriptions', BROWSER).json()['id']}"
    NotificationFactory.create_batch(2, customer=desk.customer("alice"))
    cursor = alice.get("/notifications?page_size=1").json()["next"]

    assert bob.get("/redemptions").json() == {"redemptions": [], "next": None}
    assert bob.get("/notifications").json() == {"unread": 0, "notifications": [], "next": None}
    for method, path, body in (
        ("GET", redemption, None),
        ("POST", f"{redemption}/cancel", None),
        ("PUT", f"{redemption}/address", {"address": "Bob, 1 Elm Street"}),
        ("PUT", f"{redemption}/appointment", {"slot": NOBODYS}),
        ("GET", f"/redemptions/{NOBODYS}", None),
        ("GET", "/redemptions/nonsense", None),
        ("POST", "/campaigns/nobodys/participate", None),
    ):
        assert_problem(bob.send(method, f"/api/v1/me{path}", body), 404, "not_found")
    assert_problem(bob.send("DELETE", push), 404, "not_found")
    assert_problem(bob.get(f"/notifications?cursor={cursor}"), 400, "invalid_parameter")
    assert bob.redeem("mug", "k").json()["id"] not in redemption
    assert alice.get(redemption).json()["status"] == "pending"


def test_lists_lead_from_page_to_page(desk, app):
    code = ReferralCodeFactory(customer=desk.customer())
    for number in range(3):
        desk.earn(desk.customer(), 1 + number)
        ReferralFactory(referral_link=code)
    desk.option()
    for key in "ab":
        app.redeem("mug", key)

    for path, rows in (("/statement", "entries"), ("/referrals", "referrals"), ("/redemptions", "redemptions")):
        first = app.get(f"{path}?page_size=1").json()
        second = app.get(f"{path}?page_size=1&cursor={first['next']}").json()
        assert len(first[rows]) == len(second[rows]) == 1
        assert first[rows] != second[rows]


def test_what_cannot_be_read_is_refused_with_its_place(desk, app):
    desk.option()
    wrong = [
        app.redeem("mug", "k", quantity=0),
        app.redeem("mug", ""),
        app.redeem(7, "k"),
        app.post("/share", {"channel": "pigeon"}),
        app.post("/share", {"channel": "other"}),
        app.post("/share", {"channel": "sms", "to": "nowhere"}),
        app.put("/preferences", {"quiet_from": "20:00:00"}),
        app.put("/preferences", {"channels": {"points": ["pigeon"]}}),
        app.put("", {"name": "A", "shows_first_name": "yes"}),
        app.put("", {"name": "A", "shows_first_name": True, "birthday": "1790-01-01"}),
        app.post("/push-subscriptions", {**BROWSER, "endpoint": "http://127.0.0.1/"}),
        app.post("/push-subscriptions", {**BROWSER, "keys": {"p256dh": "BA", "auth": "AA"}}),
        app.post("/notifications/read", {"ids": ["nonsense"]}),
        app.post("/notifications/read", []),
        app.get("/statement?page_size=0"),
        app.get("/catalog?within=never"),
        app.get("/share?to=nowhere"),
        app.get("/expiring?days=-1"),
    ]
    for answer in wrong:
        assert_problem(answer, 400)
    assert_problem(app.redeem("nothing", "k"), 404, "not_found")
    assert_problem(app.redeem("mug", "k", quantity=50), 409, "insufficient_points")
    assert app.get("/credits").json()["available"] == 500


def test_shares_are_limited_as_on_the_page(app):
    for _ in range(SHARING.tries):
        app.post("/share", {"channel": "sms"})
    answer = app.post("/share", {"channel": "sms"})

    assert_problem(answer, 429, "too_many_requests")
    assert int(answer["Retry-After"]) > 0


def test_sentences_are_in_the_language_that_the_app_accepts(desk, app):
    NotificationFactory(customer=desk.customer(), arguments={"points": 1250})

    told = {
        language: app.get("/notifications", **{"Accept-Language": language}).json()["notifications"][0]["text"]
        for language in ("en", "de")
    }

    assert "1,250" in told["en"]
    assert "1.250" in told["de"]


def test_a_merchant_without_a_programme_has_no_points(db):
    merchant = MerchantFactory(domain="vineyard.localhost")
    user = UserFactory()
    merchant.customers.create(user=user, external_id="eve", created_at=timezone.now())
    app = App("vineyard.localhost")
    app.sign_in(user.email)

    for path in ("/credits", "/statement", "/expiring", "/tier", "/catalog", "/campaigns"):
        assert_problem(app.get(path), 409, "no_programme")
