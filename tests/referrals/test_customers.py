"""Whom an identity names, and how what is personal about them is kept."""

import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.db import connection

from config.lib.encryption import decrypt, encrypt, keyed_hash, lookup_hash
from referrals.models import Customer
from referrals.services.customers import CustomerConflict, Identity, find_or_create_customers, register_customer
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return MerchantFactory()


def find(shop, *identities):
    return find_or_create_customers(merchant=shop, identities=[Identity(*each) for each in identities], now=NOON)


def register(shop, *identity):
    return register_customer(merchant=shop, identity=Identity(*identity), now=NOON)


def unlinked(shop, email, verified=NOON):
    """A customer who signed up by themselves: the merchant's id of them is not known yet."""
    return CustomerFactory(merchant=shop, external_id=None, email=email, email_verified_at=verified)


def test_an_unknown_customer_is_made(shop):
    ids = find(shop, ("bob", "bob@example.com", "Bob"))
    bob = Customer.objects.get(merchant=shop, external_id="bob")
    assert ids == {"bob": bob.pk}
    assert (bob.email, bob.name, bob.email_verified_at) == ("bob@example.com", "Bob", None)


def test_a_known_customer_is_found_and_left_as_they_were(shop):
    bob = CustomerFactory(merchant=shop, external_id="bob", name="Bob")
    assert find(shop, ("bob", "other@example.com", "Robert")) == {"bob": bob.pk}
    assert Customer.objects.get().name == "Bob"


def test_the_id_wins_over_the_email(shop):
    bob = CustomerFactory(merchant=shop, external_id="bob")
    unlinked(shop, "bob@example.com")
    assert find(shop, ("bob", "bob@example.com")) == {"bob": bob.pk}


@pytest.mark.parametrize("typed", ["bob@example.com", "Bob@Example.COM", "  bob@example.com "])
def test_a_verified_email_links_the_customer_who_has_no_id_yet(shop, typed):
    bob = unlinked(shop, "bob@example.com")
    assert find(shop, ("bob", typed)) == {"bob": bob.pk}
    bob.refresh_from_db()
    assert bob.external_id == "bob"


def test_an_email_that_nobody_verified_links_nobody(shop):
    stranger = unlinked(shop, "bob@example.com", verified=None)
    assert find(shop, ("bob", "bob@example.com"))["bob"] != stranger.pk


def test_a_customer_who_has_an_id_is_not_given_another(shop):
    CustomerFactory(merchant=shop, external_id="robert", email="bob@example.com", email_verified_at=NOON)
    find(shop, ("bob", "bob@example.com"))
    assert set(Customer.objects.values_list("external_id", flat=True)) == {"robert", "bob"}


def test_one_customer_is_linked_to_one_id_only(shop):
    bob = unlinked(shop, "bob@example.com")
    ids = find(shop, ("bob-1", "bob@example.com"), ("bob-2", "bob@example.com"))
    assert len(set(ids.values())) == 2
    assert bob.pk in ids.values()


def test_a_customer_of_another_merchant_is_never_touched(shop):
    theirs = unlinked(MerchantFactory(), "bob@example.com")
    same_id = CustomerFactory(merchant=theirs.merchant, external_id="bob")
    assert find(shop, ("bob", "bob@example.com"))["bob"] not in {theirs.pk, same_id.pk}
    theirs.refresh_from_db()
    assert theirs.external_id is None


def test_many_are_found_or_made_in_a_fixed_number_of_queries(shop, django_assert_max_num_queries):
    CustomerFactory(merchant=shop, external_id="c-7")
    with django_assert_max_num_queries(6):
        ids = find(shop, *((f"c-{number}", f"c{number}@example.com") for number in range(100)))
    assert len(set(ids.values())) == 100


def test_registering_completes_what_is_known(shop):
    find(shop, ("bob",))
    bob, is_new = register(shop, "bob", "bob@example.com", "Bob")
    assert (bob.email, bob.name, is_new) == ("bob@example.com", "Bob", False)
    assert bytes(bob.email_hash) == lookup_hash("bob@example.com")


def test_registering_overwrites_no_name_and_no_email(shop):
    register(shop, "bob", "bob@example.com", "Bob")
    bob, _ = register(shop, "bob", "BOB@example.com", "Robert")
    assert (bob.email, bob.name) == ("bob@example.com", "Bob")


def test_another_email_is_a_conflict(shop):
    register(shop, "bob", "bob@example.com")
    with pytest.raises(CustomerConflict):
        register(shop, "bob", "robert@example.com")
    assert Customer.objects.get().email == "bob@example.com"


def test_who_is_new_is_told_once(shop):
    assert [register(shop, "bob")[1] for _ in range(2)] == [True, False]


def test_whoever_signed_up_before_is_not_new_when_the_merchant_registers_them(shop):
    bob = unlinked(shop, "bob@example.com")
    Customer.objects.filter(pk=bob.pk).update(created_at=NOON.replace(year=2025))
    assert register(shop, "bob", "bob@example.com") == (bob, False)


@pytest.mark.parametrize("column", ["email", "phone"])
def test_personal_data_is_not_on_the_disk_in_clear(shop, column):
    CustomerFactory(merchant=shop, **{column: "bob@example.com"})
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}, customer::text FROM referrals_customer AS customer")
        stored, whole_row = cursor.fetchone()
    assert b"bob" not in bytes(stored)
    assert "bob@example" not in whole_row
    assert getattr(Customer.objects.get(), column) == "bob@example.com"


def test_nothing_is_stored_as_nothing():
    assert encrypt("") == b""
    assert decrypt(b"") == ""


def test_the_same_text_is_never_stored_in_the_same_bytes():
    assert encrypt("bob@example.com") != encrypt("bob@example.com")


def test_keys_can_be_rotated(settings):
    old = settings.FIELD_ENCRYPTION_KEYS
    stored, new = encrypt("bob@example.com"), Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, *old]
    assert decrypt(stored) == "bob@example.com"
    renewed = encrypt("bob@example.com")
    settings.FIELD_ENCRYPTION_KEYS = [new]
    assert decrypt(renewed) == "bob@example.com"
    with pytest.raises(InvalidToken):
        decrypt(stored)


@pytest.mark.parametrize("typed", ["BOB@EXAMPLE.COM", " bob@example.com\n", "ｂｏｂ@example.com"])
def test_an_address_is_found_however_it_is_typed(typed):
    assert lookup_hash(typed) == lookup_hash("bob@example.com")


def test_other_addresses_have_other_hashes_and_none_has_none():
    assert lookup_hash("bob@example.com") != lookup_hash("rob@example.com")
    assert lookup_hash("  ") is None


def test_a_hash_tells_nothing_without_the_key(settings):
    before = keyed_hash(b"bob")
    settings.LOOKUP_HASH_KEY = "ab" * 32
    assert keyed_hash(b"bob") != before
    assert len(before) == 32
