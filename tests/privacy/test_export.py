"""A person is told everything that is known of them, and nothing of anybody else."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from referrals.models import AuditRecord, Scope
from rewards.models import Trigger
from rewards.selectors.explanations import explain, explain_own
from tests.api.caller import ACTIVITIES, CUSTOMERS, activity, assert_problem, evaluate_all
from tests.privacy.conftest import LOGIN, PERSON, PLANTED
from tests.rewards.shop import Shop, policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(api):
    def of(customer):
        answer = api.get(f"{CUSTOMERS}/{customer}/export")
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        return answer.json()

    return of


def test_it_holds_all_that_was_ever_said_of_them(wilhelmina, export):
    told = json.dumps(export(PERSON["id"]))
    hashes = {"the hash of the e-mail", "the hash of the phone"}
    assert {what for what, value in PLANTED.items() if what not in hashes and value not in told} == set()


def test_it_says_who_they_are_what_they_did_and_what_came_of_it(wilhelmina, api, export):
    api.post(ACTIVITIES, activity(customer={"id": PERSON["id"]}, kind="product_review"))
    evaluate_all()
    told = export(PERSON["id"])
    assert told["profile"]["login"]["email"] == LOGIN
    (bought,) = told["purchases"]
    assert (bought["order_id"], bought["status"], len(bought["lines"])) == ("order-1", "evaluated", 1)
    assert {grant["customer"] for grant in bought["decision"]["grants"]} == {PERSON["id"]}
    assert [done["kind"] for done in told["activities"]] == ["account_creation", "product_review"]
    (account,) = told["accounts"]
    assert "Kaleidoscope returned in a red box" in [line["remark"] for line in account["statement"]]
    assert account["tier_history"][-1]["to"] == account["tier"]
    assert [given["reason"] for given in account["tiers_given"]] == ["Hovercraft full of eels"]
    assert [held["points"] for held in account["holds"]] == [5, 5]
    assert [code["retired_at"] for code in told["codes"]] == [None]
    assert [grant["option"] for grant in told["grants"]] == ["mug"]


def test_the_two_of_a_referral_learn_nothing_of_each_other(wilhelmina, export):
    hers, bobs = export(PERSON["id"]), export("bob")
    assert (len(hers["referrals_made"]), len(bobs["referrals_received"])) == (1, 1)
    assert not {"bob", "order-2"} & set(_words(hers))
    assert not {PERSON["id"], str(wilhelmina.uuid), PERSON["name"], "order-1"} & set(_words(bobs))
    caused = bobs["purchases"][0]["decision"]
    assert {grant["customer"] for grant in caused["grants"]} == {"bob"}


def test_why_a_referrer_received_nothing_is_not_told_to_the_friend():
    dear = {"when": "purchase.total >= 2000"}
    shop = Shop(policy("buyer", **dear), policy("referrer", **dear))
    purchase = shop.bought("bob", referral_code=shop.code("alice"))
    told = {"trigger": Trigger.PURCHASE_COMPLETED}
    own = explain_own(subject_ids=[purchase.pk], customer=shop.customer("bob"), **told)[purchase.pk]
    assert [why["policy"] for why in own.refusals] == [shop.policies[0].code]
    whole = explain(subject_id=purchase.pk, **told)
    assert [why["policy"] for why in whole.refusals] == [each.code for each in shop.policies]


def _words(told):
    """Every text in a document."""
    if isinstance(told, str):
        yield told
    for inner in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from _words(inner)


def test_it_costs_the_same_for_many_purchases(wilhelmina, api, export, django_assert_max_num_queries):
    for number in range(20):
        api.buy(event_id=f"e-{number}", order_id=f"o-{number}", customer={"id": PERSON["id"]})
    evaluate_all()
    with django_assert_max_num_queries(55):
        assert len(export(PERSON["id"])["purchases"]) == 21


def test_each_export_is_written_down(wilhelmina, export):
    export(PERSON["id"])
    written = AuditRecord.objects.get()
    assert (written.action, written.subjects, written.reason) == ("exported", [wilhelmina.pk], "customer_request")
    assert written.actor.startswith("key:gv_")
    assert [row["action"] for row in export(PERSON["id"])["audit"]] == ["exported"]


def test_the_command_prints_the_same(wilhelmina, export):
    out = StringIO()
    call_command("export_customer", merchant="corner-shop", customer=PERSON["id"], stdout=out)
    assert json.loads(out.getvalue()) == {**export(PERSON["id"]), "audit": []}
    with pytest.raises(CommandError):
        call_command("export_customer", merchant="corner-shop", customer="nobody")


def test_whoever_was_erased_can_still_be_told_what_is_left(wilhelmina, erase, export):
    erase(PERSON["id"])
    told = export(wilhelmina.uuid)
    assert {name: value for name, value in told["profile"].items() if value} == {
        "uuid": str(wilhelmina.uuid),
        "known_since": told["profile"]["known_since"],
        "erased_at": told["profile"]["erased_at"],
    }
    assert len(told["purchases"]) == 1


def test_a_key_needs_the_scope_and_sees_only_its_own_merchant(wilhelmina, shop, new_merchant, new_caller):
    path = f"{CUSTOMERS}/{PERSON['id']}/export"
    others = tuple(scope for scope in Scope if scope is not Scope.EXPORTS)
    assert_problem(new_caller(shop, scopes=others).get(path), 403)
    assert_problem(new_caller(new_merchant("other-shop")).get(path), 404)
