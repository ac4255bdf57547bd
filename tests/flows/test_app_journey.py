"""A customer's way through their own app: from signing in to signing out."""

import pytest

from fulfillment.services.notifications.noticing import notice_events
from referrals.models import Activity
from tests.api.app import HOST, App
from tests.api.caller import assert_problem
from tests.factories.referrals import UserFactory
from tests.factories.rewards import RewardOptionFactory
from tests.fulfillment.outbox import read_to_the_end
from tests.rewards.shop import Shop, assert_books_are_right, policy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shop():
    shop = Shop(policy(points=1250), policy("referrer", points=300), domain=HOST)
    RewardOptionFactory(
        reward_type__merchant=shop.merchant, code="mug", name="Mug", points_required=500, needs_approval=True
    )
    return shop


def test_from_signing_in_to_signing_out(shop):
    shop.bought("ada")
    ada, user = shop.customer("ada"), UserFactory()
    ada.user = user
    ada.save()
    app = App()

    assert app.sign_in(user.email).status_code == 200
    assert app.get("").json()["id"] == "ada"

    has = app.get("/credits").json()
    assert (has["available"], has["tier"]["code"]) == (1250, "bronze")
    assert app.get("/tier").json()["missing"]["spend"] == 90_00
    assert [line["points"] for line in app.get("/statement").json()["entries"]] == [1250]

    code = app.post("/code").json()["code"]
    shares = {share["channel"]: share for share in app.get("/share").json()["shares"]}
    assert f"http://{HOST}/r/{code}/?via=whatsapp" in shares["whatsapp"]["text"]
    assert [app.post("/share", {"channel": "whatsapp"}).json()["is_new"] for _ in range(2)] == [True, False]
    assert Activity.objects.get().customer == ada

    shop.bought("ben", referral_code=code)
    (friend,) = app.get("/referrals").json()["referrals"]
    assert (friend["status"], friend["points"]) == ("rewarded", 300)
    assert [step["state"] for step in friend["steps"]] == ["done", "done", "done"]
    assert friend["sentence"] == "Thank you: your reward is yours."

    (mug,) = app.get("/catalog?within=affordable").json()["rewards"]
    asked = app.redeem(mug["id"], "mug-1")
    assert asked.status_code == 201
    assert app.redeem(mug["id"], "mug-1").json() == asked.json()
    assert_problem(app.redeem(mug["id"], "mug-1", quantity=2), 422, "idempotency_key_reused")
    assert app.get("/credits").json()["held"] == 500

    (line,) = app.get("/redemptions").json()["redemptions"]
    followed = app.get(f"/redemptions/{line['id']}").json()
    assert [step["step"] for step in followed["steps"] if step["at"]] == ["asked"]
    assert followed["can_cancel"]
    assert app.post(f"/redemptions/{line['id']}/cancel").json()["status"] == "cancelled"
    assert app.get("/credits").json()["available"] == 1550

    read_to_the_end(lambda: notice_events(now=shop.now), "notices")
    inbox = app.get("/notifications").json()
    assert inbox["unread"] == len(inbox["notifications"]) >= 3
    assert app.post("/notifications/read", {"ids": None}).json() == {"unread": 0}

    assert app.sign_out().status_code == 401
    assert_problem(app.get("/credits"), 401, "not_authenticated")
    assert_books_are_right()
