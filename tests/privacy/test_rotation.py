"""After a rotation an old key can be thrown away: nothing needs it any more."""

import json
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from config.lib.encryption import EncryptedBytesField, EncryptedTextField, decrypt, encrypt, lookup_hash
from referrals.models import Customer, ShopifyShop
from referrals.services.rotation import rotate_keys
from tests.factories.doors import ShopifyShopFactory
from tests.factories.referrals import CustomerFactory, UserFactory
from tests.house.test_admin_scope import FACTORIES

pytestmark = pytest.mark.django_db
PHONE = "+441632960961"


@pytest.fixture
def people():
    """Three customers, one of whom has a phone and one neither address; and a second factor of each kind."""
    CustomerFactory(email="bob@example.com", phone=PHONE, phone_hash=lookup_hash(PHONE))
    CustomerFactory(email="carol@example.com")
    CustomerFactory(email="", email_hash=None)
    for kind, name in (("totp", "secret"), ("recovery_codes", "seed")):
        Authenticator.objects.create(user=UserFactory(), type=kind, data={name: encrypt("hush").decode()})


@pytest.fixture
def another_key(settings, people):
    """A newer key stands before the old one."""
    old, new = settings.FIELD_ENCRYPTION_KEYS, Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [new, *old]
    return new


def rotated():
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return json.loads(out.getvalue())


def stored():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, email, phone FROM referrals_customer ORDER BY id")
        return [(id_, bytes(email), bytes(phone)) for id_, email, phone in cursor.fetchall()]


def test_afterwards_the_newest_key_reads_everything(another_key, settings):
    assert rotated() == {"rewritten": 4, "unreadable": 0}
    settings.FIELD_ENCRYPTION_KEYS = [another_key]
    told = list(Customer.objects.order_by("id").values_list("email", "phone"))
    assert told == [("bob@example.com", PHONE), ("carol@example.com", ""), ("", "")]
    factors = Authenticator.objects.values_list("data", flat=True)
    assert [decrypt(secret.encode()) for data in factors for secret in data.values()] == ["hush", "hush"]


def test_whatever_is_encrypted_anywhere_is_read_by_the_newest_alone(settings):
    encrypted = [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, EncryptedTextField | EncryptedBytesField)
    ]
    for model in {model for model, _ in encrypted}:
        FACTORIES[model]()
    said = {(model, name): set(model.objects.values_list(name, flat=True)) for model, name in encrypted}
    newest = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [newest, *settings.FIELD_ENCRYPTION_KEYS]
    rotated()
    settings.FIELD_ENCRYPTION_KEYS = [newest]
    assert {(model, name): set(model.objects.values_list(name, flat=True)) for model, name in encrypted} == said


def test_the_secrets_of_shops_are_read_by_the_newest_too(settings):
    ShopifyShopFactory(secret="newer", previous_secret="older")
    ShopifyShopFactory(secret="", previous_secret="")
    newest = Fernet.generate_key().decode()
    settings.FIELD_ENCRYPTION_KEYS = [newest, *settings.FIELD_ENCRYPTION_KEYS]
    assert [rotated(), rotated()] == [{"rewritten": 1, "unreadable": 0}, {"rewritten": 0, "unreadable": 0}]

    settings.FIELD_ENCRYPTION_KEYS = [newest]
    secrets = ShopifyShop.objects.order_by("id").values_list("secret", "previous_secret")
    assert list(secrets) == [("newer", "older"), ("", "")]


def test_again_it_writes_nothing(another_key):
    rotated()
    before = stored()
    assert rotated() == {"rewritten": 0, "unreadable": 0}
    assert stored() == before


def test_after_an_interruption_it_goes_on(another_key):
    first = next(rotate_keys(chunk=1))
    assert first.rewritten == 1
    assert rotated() == {"rewritten": 3, "unreadable": 0}


def test_with_another_key_for_hashes_people_are_found_again(people, settings):
    settings.LOOKUP_HASH_KEY = "ab" * 32
    found = Customer.objects.filter(email_hash=lookup_hash("bob@example.com"), phone_hash=lookup_hash(PHONE))
    assert not found.exists()
    assert rotated() == {"rewritten": 2, "unreadable": 0}
    assert found.get().email == "bob@example.com"
    assert Customer.objects.filter(email_hash=None).count() == 1


def test_what_no_key_reads_is_counted_and_left_alone(people, settings):
    before = stored()
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(SystemExit):
        rotated()
    assert stored() == before
