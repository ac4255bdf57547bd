"""Friends are written to once, if they may be; whoever asked cannot tell whom we knew."""

import smtplib
from datetime import timedelta
from email.utils import parseaddr
from urllib.parse import urlsplit

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from referrals.models import Consent, Invitation, InvitationOptOut
from referrals.services import invitations
from referrals.services.codes import choose_code
from referrals.services.invitations import (
    AddressesInvalid,
    InvitedEnough,
    forget_addresses,
    invite_friends,
    note_joined,
    send_next,
)
from tests.concurrency.together import at_once
from tests.factories.referrals import NOON, CustomerFactory, DestinationFactory, MerchantFactory, ReferralFactory

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
WORDS = "I know these people."
LATER = NOON + timedelta(days=31)

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return MerchantFactory(name="Farmacy Food", domain="farmacy.example", offer_to_friends="A free meal.")


@pytest.fixture
def code(shop):
    alice = CustomerFactory(merchant=shop, name="Alice Liddell", shows_first_name=True)
    return choose_code(customer=alice, wanted="OLIVIA", now=NOON)


def invite(code, *addresses, now=NOON, **more):
    return invite_friends(
        code=code, addresses=addresses or ["bob@example.com"], **{"destination": None, **more}, consent=WORDS, now=now
    )


def send_all(now=NOON):
    while send_next(now=now):
        pass
    return [message.to[0] for message in mail.outbox]


def states():
    return list(Invitation.objects.order_by("id").values_list("state", "withheld_because"))


def test_a_friend_is_written_to_in_the_merchants_name_with_the_code_and_the_link(code, shop):
    place = DestinationFactory(merchant=shop, slug="green")
    (invitation,) = invite(code, "Bob@Example.com", destination=place)
    assert send_all() == ["bob@example.com"]
    (message,) = mail.outbox
    assert parseaddr(message.from_email)[0] == "Farmacy Food"
    for told in (
        "OLIVIA",
        "A free meal.",
        "Alice, a customer of",
        f"/r/OLIVIA/green/?via=email&invitation={invitation.uuid}",
    ):
        assert told in message.body
    assert "Liddell" not in message.body
    assert Consent.objects.values_list("customer", "text").get() == (code.customer_id, WORDS)


def test_a_friend_is_written_to_in_the_language_of_whoever_invites(code):
    invite(code, language="de")
    send_all()
    assert mail.outbox[0].subject == "Eine Einladung zu Farmacy Food"
    assert "Kunde" in mail.outbox[0].body


def test_an_address_to_which_nothing_can_be_sent_keeps_no_other_friend_waiting(code):
    invite(code, f"eve@{'ä' * 60}.example", "bob@example.com")
    assert send_all() == ["bob@example.com"]
    assert states() == [("failed", ""), ("sent", "")]


@pytest.mark.parametrize("form", [{"List-Unsubscribe": "One-Click"}, {}], ids=["mail program", "person"])
def test_one_click_ends_invitations_for_ever_and_from_everybody(code, shop, form):
    invite(code)
    send_all()
    headers = mail.outbox[0].extra_headers
    link = urlsplit(headers["List-Unsubscribe"].strip("<>"))
    assert (link.scheme + "://" + link.netloc, headers["List-Unsubscribe-Post"]) == (
        "http://farmacy.example:8000",
        "List-Unsubscribe=One-Click",
    )
    browser = Client(enforce_csrf_checks=True)
    assert browser.get(link.path).status_code == 200
    assert not InvitationOptOut.objects.exists()
    for _ in range(2):
        assert browser.post(link.path, form).status_code == 200
    carol = choose_code(customer=CustomerFactory(merchant=shop), wanted="CAROLA", now=NOON)
    invite(carol, "BOB+again@example.com ", now=LATER)
    assert len(send_all(LATER)) == 1
    assert states()[1] == ("withheld", "opted_out")
    assert b"bob" not in bytes(InvitationOptOut.objects.get().address_hash)
    assert browser.get(f"{link.path[:-3]}x/").status_code == 404


def test_an_opt_out_outlives_the_key_of_hashes(code, shop, settings):
    invite(code)
    send_all()
    Client().post(urlsplit(mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")).path)
    settings.LOOKUP_HASH_KEY_FALLBACKS, settings.LOOKUP_HASH_KEY = [settings.LOOKUP_HASH_KEY], "ab" * 32
    invite(code, now=LATER)
    send_all(LATER)
    assert states()[1] == ("withheld", "opted_out")


def test_whoever_is_a_customer_gets_no_mail_and_the_referrer_cannot_tell(code, shop):
    CustomerFactory(merchant=shop, email="bob@example.com")
    CustomerFactory(email="carol@example.com")
    known, unknown = invite(code, "bob+shop@example.com", "carol@example.com")
    assert send_all() == ["carol@example.com"]
    seen = Invitation.objects.values("sent_at", "clicked_at", "referral", "created_at")
    assert seen.get(pk=known.pk) == seen.get(pk=unknown.pk)


def test_nobody_is_written_to_twice_in_thirty_days_whoever_asks(code, shop):
    carol = choose_code(customer=CustomerFactory(merchant=shop), wanted="CAROLA", now=NOON)
    invite(code)
    invite(carol)
    assert len(send_all()) == 1
    invite(carol, now=LATER)
    assert len(send_all(LATER)) == 2


def test_a_day_has_a_limit_that_is_told(code, shop):
    shop.invitations_day_max = 2
    shop.save()
    invite(code, "a@example.com", "A@example.com", "b@example.com")
    with pytest.raises(InvitedEnough) as refused:
        invite(code, "c@example.com")
    assert refused.value.facts == {"left": 0}
    assert refused.value.retry_after_seconds == 12 * 3600 + 1
    assert invite(code, "c@example.com", now=NOON + timedelta(hours=12))


def test_what_is_no_address_is_named_and_nobody_is_invited(code):
    with pytest.raises(AddressesInvalid) as refused:
        invite(code, "bob@example.com", "bob", "x@y\nBcc: z@example.com")
    assert len(refused.value.facts["addresses"]) == 2
    assert not Invitation.objects.exists()


class AwayBackend(EmailBackend):
    """A mail server that cannot take mail just now."""

    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected if type(self).is_broken_off else ConnectionRefusedError

    is_broken_off = False


def test_while_the_mail_server_is_away_it_is_tried_again_and_then_given_up(code, settings):
    settings.EMAIL_BACKEND = f"{__name__}.AwayBackend"
    invite(code)
    now = NOON
    for _ in range(invitations.ATTEMPTS_MAX):
        assert states() == [("waiting", "")]
        assert send_next(now=now)
        assert not send_next(now=now)
        now += timedelta(days=1)
    assert states() == [("failed", "")]


def test_mail_that_may_have_been_taken_is_not_sent_again(code, settings, monkeypatch):
    settings.EMAIL_BACKEND = f"{__name__}.AwayBackend"
    monkeypatch.setattr(AwayBackend, "is_broken_off", True)
    invite(code)
    assert send_next(now=NOON)
    assert states() == [("failed", "")]


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_sends_and_of_many_who_invite_one_friend_one_reaches_them(code, shop):
    for n in range(6):
        invite(choose_code(customer=CustomerFactory(merchant=shop), wanted=f"FRIEND{n}", now=NOON))
    at_once(*[send_all] * 6)
    assert sorted(state for state, _ in states()) == ["sent"] + ["withheld"] * 5
    assert len(mail.outbox) == 1


def test_the_first_click_of_a_person_by_its_link_is_noted(code, client):
    (invitation,) = invite(code)
    path = f"/r/olivia/?via=email&invitation={invitation.uuid}"
    client.get(path, HTTP_USER_AGENT="Googlebot/2.1")
    client.get(
        path.replace("olivia", choose_code(customer=CustomerFactory(), wanted="CAROLA", now=NOON).code),
        HTTP_USER_AGENT=PHONE,
    )
    assert Invitation.objects.get().clicked_at is None
    for _ in range(2):
        assert client.get(path, HTTP_USER_AGENT=PHONE).status_code == 200
    assert timezone.now() - Invitation.objects.get().clicked_at < timedelta(minutes=1)


def test_a_friend_who_joins_by_that_address_is_the_one_who_was_invited(code):
    invite(code, "bob@example.com", "carol@example.com")
    referral = ReferralFactory(referral_link=code, referee__email="bob@example.com", joined_at=NOON)
    ReferralFactory(referee__email="carol@example.com")
    assert [note_joined(), note_joined()] == [1, 0]
    assert list(Invitation.objects.order_by("id").values_list("referral", flat=True)) == [referral.pk, None]


def test_addresses_are_forgotten_after_thirty_days_and_what_waited_has_failed(code):
    invite(code)
    assert forget_addresses(now=LATER - timedelta(days=2)) == 0
    assert forget_addresses(now=LATER) == 1
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.email_hash, invitation.state) == ("", None, "failed")
