"""What sharing keeps of people goes with them; that they want no mail, and what they agreed to, stays without them."""

import pytest

from config.lib.encryption import lookup_hash
from referrals.models import Consent, Invitation, InvitationOptOut, LeaderboardAlias
from referrals.services.aliases import choose_alias
from referrals.services.codes import issue_code
from referrals.services.consents import consent_hashes
from referrals.services.invitations import invite_friends, send_next
from referrals.services.opt_outs import opt_out, opt_out_token, wants_none
from referrals.services.rotation import rotate_keys
from tests.api.caller import CUSTOMERS
from tests.factories.referrals import NOON, CustomerFactory
from tests.factories.sharing import InvitationFactory
from tests.privacy.conftest import EMAIL, PERSON
from tests.privacy.test_erasure import dump_of_the_database

pytestmark = pytest.mark.django_db(transaction=True)
FRIEND = "zebulon@friends.example"
WORDS = "I know these people, and they agree."


@pytest.fixture
def sociable(wilhelmina, shop):
    """She had a friend written to, was invited by Bob herself, stands on the leaderboard, and wants no invitations."""
    wilhelmina.refresh_from_db()
    bob = CustomerFactory(merchant=shop)
    for customer, address in ((wilhelmina, FRIEND), (bob, EMAIL)):
        code = issue_code(customer=customer, now=NOON)
        invite_friends(code=code, addresses=[address], destination=None, consent=WORDS, now=NOON)
    choose_alias(customer=wilhelmina, wanted="Persimmon", consent="Others may see it.", now=NOON)
    opt_out(token=opt_out_token(merchant_id=shop.pk, email=EMAIL), now=NOON)
    return wilhelmina


def found(*values):
    dump = b"\n".join(dump_of_the_database())
    return [value for value in values if value.encode() in dump or (lookup_hash(value) or b"").hex().encode() in dump]


def test_addresses_and_aliases_go_at_erasure_and_what_waits_is_not_sent(sociable, erase):
    assert found(FRIEND, EMAIL, "Persimmon") == [FRIEND, EMAIL, "Persimmon"]
    erase(PERSON["id"])
    assert found(FRIEND, EMAIL, "Persimmon") == []
    assert not send_next(now=NOON)
    assert set(Invitation.objects.values_list("email", "state")) == {("", "failed")}
    assert not LeaderboardAlias.objects.exists()


def test_an_opt_out_is_respected_for_ever_and_a_consent_can_be_shown_to_who_gave_it(sociable, shop, erase):
    erase(PERSON["id"])
    assert wants_none(merchant_id=shop.pk, email=EMAIL.upper())
    assert not wants_none(merchant_id=shop.pk, email=FRIEND)
    theirs = Consent.objects.filter(person_hash__in=consent_hashes(EMAIL)).order_by("id")
    assert list(theirs.values_list("purpose", "text", "customer")) == [
        ("invite_friends", WORDS, sociable.pk),
        ("leaderboard", "Others may see it.", sociable.pk),
    ]
    hashes = {bytes(InvitationOptOut.objects.get().address_hash), bytes(theirs[0].person_hash), lookup_hash(EMAIL)}
    assert len(hashes) == 3, "what serves one purpose finds nothing that serves another"


def test_an_export_tells_what_one_agreed_to_and_no_address_of_a_friend(sociable, api):
    told = api.get(f"{CUSTOMERS}/{PERSON['id']}/export")
    assert [each["text"] for each in told.json()["consents"]] == [WORDS, "Others may see it."]
    assert [each["alias"] for each in told.json()["leaderboard_alias"]] == ["Persimmon"]
    assert len(told.json()["invitations"]) == 1
    assert FRIEND not in told.text


def test_addresses_of_invitations_follow_the_newest_key(settings):
    invitation = InvitationFactory(email=FRIEND)
    settings.FIELD_ENCRYPTION_KEYS = ["MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI=", *settings.FIELD_ENCRYPTION_KEYS]
    settings.LOOKUP_HASH_KEY = "cd" * 32
    assert sum(chunk.rewritten for chunk in rotate_keys()) >= 1
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]
    invitation.refresh_from_db()
    assert (invitation.email, bytes(invitation.email_hash)) == (FRIEND, lookup_hash(FRIEND))
