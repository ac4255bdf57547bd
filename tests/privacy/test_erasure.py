"""Whoever is erased is nowhere to be found, and the books do not notice."""

import json
import logging
import time
from io import StringIO
from threading import Event as ThreadEvent

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_redis import get_redis_connection

from config.lib.errors import NotFound
from config.lib.idempotency import Call
from config.lib.redis import away
from credits.models import Account, Entry
from credits.selectors.terms import default_wallet_terms
from credits.services.opening import open_book
from fulfillment.models import Note, Shipment
from fulfillment.services.erasure import erase_customer
from referrals.models import ApiKey, AuditRecord, Customer, Event, IdempotencyRecord, Referral, ReferralCode
from referrals.services.codes import choose_code
from referrals.services.customers import Identity, register_customer
from referrals.services.erasure import hold_customers
from referrals.services.replies import reply_once
from rewards.services.erasure import RedisAway
from tests.api.caller import CUSTOMERS
from tests.api.points import Till
from tests.concurrency.together import MEETING_SECONDS, at_once
from tests.factories.referrals import CustomerFactory, ReferralCodeFactory
from tests.privacy.conftest import EMAIL, LOGIN, PERSON, PLANTED, login_exists

pytestmark = pytest.mark.django_db(transaction=True)


def dump_of_the_database():
    """Every table as text, as a backup holds it; bytes are spelt out."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" AS t')
            yield from (row.encode() for (row,) in cursor.fetchall())


def dump_of_redis():
    redis = get_redis_connection()
    for key in redis.scan_iter("*"):
        if redis.type(key) == b"string":
            yield key + b" " + redis.get(key)
        elif redis.type(key) == b"hash":
            yield key + b" " + repr(redis.hgetall(key)).encode()
        else:
            yield key + b" " + redis.dump(key)


def found_in(dump):
    """Which of the planted values are in a dump, in clear or as the hexadecimal digits of bytes."""
    text = b"\n".join(dump).lower()
    values = {what: value if isinstance(value, bytes) else value.lower().encode() for what, value in PLANTED.items()}
    return {what for what, value in values.items() if value in text or value.hex().encode() in text}


def verify_ledger():
    out = StringIO()
    call_command("verify_ledger", stdout=out)
    return json.loads(out.getvalue())["ok"]


def test_what_was_planted_was_there(wilhelmina):
    encrypted = {"the e-mail", "the phone", "the address of a parcel", "a note on a redemption"}
    assert found_in(dump_of_the_database()) == PLANTED.keys() - encrypted
    assert found_in(dump_of_redis()) == {"the merchant's id"}
    assert Session.objects.count() == 1


def test_nothing_of_a_person_is_found_after_their_erasure(wilhelmina, api, erase, caplog):
    caplog.set_level(logging.DEBUG)
    sums = Account.objects.values("available", "pending", "held", "owed", "lifetime_points")
    before = sums.get(customer=wilhelmina)

    assert erase(PERSON["id"]) == {"erased": True, "again": False, "id": str(wilhelmina.uuid)}

    assert api.get(f"{CUSTOMERS}/{PERSON['id']}/credits").status_code == 404
    assert api.get(f"{CUSTOMERS}/{PERSON['id']}/statement").status_code == 404
    assert found_in(dump_of_the_database()) == set()
    assert found_in(dump_of_redis()) == set()
    assert found_in([caplog.text.encode()]) == set()
    assert (Shipment.objects.get().address, Note.objects.count()) == ("", 0)
    assert not login_exists()
    assert not Session.objects.exists()
    assert sums.get(customer=wilhelmina) == before
    assert verify_ledger()


def test_the_log_tells_which_kind_of_request_failed_and_not_of_whom(api, shop, caplog):
    api.get(f"{CUSTOMERS}/{PERSON['id']}/statement")
    api.get(f"/api/v2/{PERSON['id']}")
    assert [record.getMessage() for record in caplog.records] == [
        "Not Found: /api/v1/customers/<path:reference>/statement",
        "Not Found: an unknown address",
    ]


def test_what_they_did_stays_under_our_id(wilhelmina, api, erase):
    entries = Entry.objects.filter(account__customer=wilhelmina).count()
    erase(PERSON["id"])
    statement = api.get(f"{CUSTOMERS}/{wilhelmina.uuid}/statement").json()
    assert (statement["customer"], len(statement["entries"])) == (str(wilhelmina.uuid), entries)
    assert Referral.objects.get().referrer == wilhelmina
    assert ReferralCode.objects.get().retired_at is not None


def test_it_is_told_and_written_down_without_a_name(wilhelmina, erase):
    erase(PERSON["id"])
    told = Event.objects.get(type="customer.erased")
    assert (told.subject_id, told.sequence, told.payload) == (wilhelmina.pk, 1, {"customer": str(wilhelmina.uuid)})
    written = AuditRecord.objects.get()
    assert (written.action, written.subjects, written.actor, written.reason) == (
        "erased", [wilhelmina.pk], "command", "customer_request"
    )  # fmt: skip


def test_again_it_changes_nothing(wilhelmina, erase):
    erase(PERSON["id"])
    erased_at = Customer.objects.get(pk=wilhelmina.pk).erased_at
    assert erase(wilhelmina.uuid) == {"erased": True, "again": True, "id": str(wilhelmina.uuid)}
    assert Customer.objects.get(pk=wilhelmina.pk).erased_at == erased_at
    assert Event.objects.filter(type="customer.erased").count() == 1


@pytest.mark.parametrize("whom", [("nobody", "corner-shop"), (PERSON["id"], "no-shop")])
def test_somebody_unknown_is_not_erased(shop, erase, whom, capsys):
    with pytest.raises(SystemExit) as ended:
        erase(whom[0], merchant=whom[1])
    assert ended.value.code == 1


def test_under_the_old_id_they_are_a_new_customer(wilhelmina, api, shop, erase):
    erase(PERSON["id"])
    Till(api).api.post(CUSTOMERS, PERSON)
    again = Customer.objects.get(external_id=PERSON["id"])
    assert again.pk != wilhelmina.pk
    assert Till(api).balance(PERSON["id"]) == {}


def test_a_login_that_is_also_for_another_merchant_stays(wilhelmina, erase):
    elsewhere = CustomerFactory(user=wilhelmina.user)
    erase(PERSON["id"])
    assert login_exists()
    assert EmailAddress.objects.filter(email=LOGIN).exists()
    elsewhere.refresh_from_db()
    assert elsewhere.user == wilhelmina.user
    assert Customer.objects.get(pk=wilhelmina.pk).user is None


def test_while_redis_is_away_nothing_is_erased(wilhelmina, monkeypatch):
    monkeypatch.setattr(away, "is_open", True)
    with pytest.raises(RedisAway):
        erase_customer(customer=wilhelmina, now=timezone.now(), reason="customer_request")
    assert Customer.objects.get(pk=wilhelmina.pk).email == EMAIL


def test_an_erasure_waits_for_a_call_that_is_being_answered_and_deletes_the_answer(wilhelmina):
    is_named = ThreadEvent()

    def answer():
        wilhelmina.refresh_from_db()
        hold_customers(customers=[wilhelmina])
        is_named.set()
        time.sleep(0.3)  # Meanwhile the erasure is tried.
        return 200, {"customer": wilhelmina.public_id}

    def call():
        key = ApiKey.objects.get()
        return reply_once(api_key_id=key.pk, call=Call("POST", "gifts", "k", b"c"), now=timezone.now(), act=answer)

    def erase():
        is_named.wait(MEETING_SECONDS)
        return erase_customer(customer=wilhelmina, now=timezone.now(), reason="customer_request")

    _, is_erased = at_once(call, erase)
    assert is_erased
    assert not IdempotencyRecord.objects.filter(key="k").exists()


@pytest.mark.parametrize("external_id", ["cust-1", None])
def test_a_call_that_named_somebody_before_their_erasure_and_comes_after_it_does_nothing(external_id):
    somebody = CustomerFactory(external_id=external_id)
    erase_customer(customer=somebody, now=timezone.now(), reason="customer_request")
    with pytest.raises(NotFound), transaction.atomic():
        hold_customers(customers=[somebody])


def test_a_code_that_was_chosen_may_be_a_name_and_another_takes_its_place():
    code = choose_code(customer=CustomerFactory(), wanted="WILMA-ROSE", now=timezone.now())
    erase_customer(customer=code.customer, now=timezone.now(), reason="customer_request")
    left = ReferralCode.objects.get()
    assert (left.pk, left.shown_as, left.code == code.code, left.retired_at is None) == (code.pk, "", False, False)


def test_whoever_is_registered_while_they_are_erased_is_a_new_customer(wilhelmina, shop):
    is_erased = ThreadEvent()

    def erase():
        with transaction.atomic():
            erase_customer(customer=wilhelmina, now=timezone.now(), reason="customer_request")
            is_erased.set()
            wait_until(somebody_waits)

    def register():
        is_erased.wait(MEETING_SECONDS)
        return register_customer(merchant=shop, identity=Identity(PERSON["id"], EMAIL), now=timezone.now())

    _, (again, is_new) = at_once(erase, register)
    assert (again.external_id, again.pk == wilhelmina.pk, is_new) == (PERSON["id"], False, True)


def test_an_erasure_and_a_friends_purchase_that_rewards_them_do_not_wait_for_each_other_crosswise(wilhelmina, shop):
    """A batch holds a referrer's account before it refers to them, and the erasure wants both."""
    has_account = ThreadEvent()

    def batch():
        with transaction.atomic():
            open_book(terms=default_wallet_terms(merchant=shop), customer_ids=[wilhelmina.pk], now=timezone.now())
            has_account.set()
            wait_until(somebody_waits)
            ReferralCodeFactory(customer=wilhelmina, retired_at=timezone.now())

    def erase():
        has_account.wait(MEETING_SECONDS)
        return erase_customer(customer=wilhelmina, now=timezone.now(), reason="customer_request")

    assert at_once(batch, erase) == [None, True]


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return cursor.fetchone()[0]


def wait_until(is_so):
    until = time.monotonic() + MEETING_SECONDS
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)
