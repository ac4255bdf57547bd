"""A checkout over the API: quote, hold, buy or give up, and what comes of it."""

import jsonschema
import pytest

from rewards.api import shapes
from rewards.models import PurchaseSession
from tests.api.caller import CODES, CUSTOMERS, SESSIONS, assert_problem, cart, evaluate_all, line

pytestmark = pytest.mark.django_db
DINNER = {"items": [line(quantity=1, unit_price=2000)]}


def has_shape(answer, shape):
    jsonschema.Draft202012Validator(shape).validate(answer.json())
    return answer.json()


@pytest.fixture
def rich(till):
    """Alice has 1,000 points, which a programme of its own values at a cent."""
    till.earn(1000)
    return till


def test_a_cart_is_quoted_held_and_bought(api, rich, right_books):
    quote = has_shape(api.post(f"{SESSIONS}/quote", cart(points="max", **DINNER)), shapes.QUOTE)
    assert (quote["goods"], quote["points"], quote["total"]) == (2000, {"used": 1000, "value": 1000}, 1000)
    assert quote["earns"]["points"] == 100
    assert not PurchaseSession.objects.exists()

    held = has_shape(rich.do(SESSIONS, cart(points="max", **DINNER), key="cart-1"), shapes.SESSION)
    assert rich.do(SESSIONS, cart(points="max", **DINNER), key="cart-1").json() == held
    assert rich.balance() == {"held": 1000}
    assert has_shape(api.get(f"{SESSIONS}/{held['id']}"), shapes.SESSION)["state"] == "open"

    bought = rich.do(f"{SESSIONS}/{held['id']}/complete", {"order_id": "order-7"})
    assert has_shape(bought, shapes.SESSION)["state"] == "completed"
    evaluate_all()
    assert rich.balance() == {"available": 100}
    assert api.get(f"/api/v1/purchases/{bought.json()['purchase']}").json()["total"] == 1000
    assert "order order-7" in rich.lines()[1]["sentence"]


def test_a_cart_that_is_given_up_leaves_nothing_behind(rich):
    held = rich.do(SESSIONS, cart(points=600, **DINNER)).json()

    given_up = rich.do(f"{SESSIONS}/{held['id']}/cancel")
    assert (given_up.status_code, given_up.json()["state"]) == (200, "cancelled")
    assert rich.balance() == {"available": 1000}
    assert_problem(rich.do(f"{SESSIONS}/{held['id']}/complete", {"order_id": "order-7"}), 409, "session_ended")


def test_the_purchase_brings_the_friend_of_the_code(api, rich, right_books):
    code = api.post(CODES, {"customer": "alice"}).json()["code"]
    api.post(CUSTOMERS, {"id": "carol"})
    held = rich.do(SESSIONS, cart(customer="carol", referral_code=code, **DINNER)).json()
    rich.do(f"{SESSIONS}/{held['id']}/complete", {"order_id": "order-7"})
    evaluate_all()

    assert [grant["option"] for grant in api.get(f"{CUSTOMERS}/alice/credits").json()["grants"]] == ["mug"]


def test_a_session_of_another_merchant_is_not_found(rich, new_merchant, new_caller):
    held = rich.do(SESSIONS, cart()).json()
    elsewhere = type(rich)(new_caller(new_merchant("elsewhere")))

    assert_problem(elsewhere.api.get(f"{SESSIONS}/{held['id']}"), 404, "not_found")
    assert_problem(elsewhere.do(f"{SESSIONS}/{held['id']}/cancel"), 404, "not_found")
    assert_problem(elsewhere.do(f"{SESSIONS}/{held['id']}/complete", {"order_id": "x"}), 404, "not_found")


@pytest.mark.parametrize(
    "wrong",
    [{"currency": "EUR"}, {"items": []}, {"points": "all"}, {"points": 1.5}, {"grants": [1]}, {"redeem": [{}]},
     {"redeem": [{"option": "mug"}] * 2}, {"shipping": -1}, {"expires_in": 5}, {"items": [line(quantity=0)]}],
)  # fmt: skip
def test_a_wrong_cart_is_refused(api, rich, wrong):
    assert_problem(api.post(f"{SESSIONS}/quote", cart(**wrong)), 400)
    assert_problem(rich.do(SESSIONS, cart(**wrong)), 400)


def test_what_cannot_be_had_is_a_conflict(rich):
    assert_problem(rich.do(SESSIONS, cart(grants=["nothing"])), 409, "grant_not_usable")
    assert_problem(rich.do(SESSIONS, cart(redeem=[{"option": "mug"}])), 409, "option_not_for_checkout")
    assert_problem(rich.do(SESSIONS, cart(redeem=[{"option": "moon"}])), 404, "not_found")
    assert_problem(rich.do(SESSIONS, cart(customer="nobody")), 404, "not_found")
