"""People are told what concerns them: once, in their language, by the channels they want, and not at night."""

import smtplib
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from fulfillment.models import ContactPreference, Message, MessageState, Notification
from fulfillment.selectors.inbox import inbox_page, preferences_of
from fulfillment.selectors.notices import BY_KIND, NOTICES, SAMPLE
from fulfillment.selectors.quiet import end_of_quiet
from fulfillment.selectors.wording import say, unknown_placeholders
from fulfillment.services.erasure import erase_customer
from fulfillment.services.notifications.inbox import choose_contact
from fulfillment.services.notifications.noticing import STALE, notice_events
from fulfillment.services.notifications.sending import LEASE, WAITS, send_due_messages
from rewards.services.merging import merge_customers
from tests.concurrency.together import at_once
from tests.factories.credits import AccountFactory, TierFactory
from tests.factories.fulfillment import (
    ContactPreferenceFactory,
    MessageFactory,
    NotificationFactory,
    TechnicianFactory,
    VoiceFactory,
    WordingFactory,
)
from tests.factories.referrals import NOON, CustomerFactory, EventFactory, ReferralFactory
from tests.fulfillment.outbox import read_to_the_end

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account():
    return AccountFactory(customer__name="Alice")


@pytest.fixture
def tell(account):
    """An event of the account, of which everybody is told."""

    def happen(type_, sequence=1, now=NOON, **payload):
        event = EventFactory(
            merchant=account.merchant, type=type_, subject_id=account.pk, sequence=sequence, payload=payload
        )
        read_to_the_end(lambda: notice_events(now=now), "notices")
        return event

    return happen


def inbox(customer, **kwargs):
    return [(each["title"], each["text"]) for each in inbox_page(customer=customer, before=None, size=9, **kwargs)[0]]


def test_whoever_earns_points_is_told_in_the_app_and_whoever_rises_by_e_mail_too(account, tell):
    gold = TierFactory(wallet=account.wallet, code="gold", name="Gold & more")
    tell("points.earned", points=1250, pending=False)
    tell("tier.changed", 2, **{"from": None, "to": gold.pk})

    assert inbox(account.customer) == [
        ("Your tier is Gold & more now", "From now on you have all that Gold & more offers."),
        ("You received 1,250 points", "1,250 points were added to your balance."),
    ]
    assert list(Message.objects.values_list("channel", flat=True).order_by("channel")) == ["email", "push"]
    send_due_messages(now=NOON)
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("Your tier is Gold & more now", [account.customer.email])
    ((html, _),) = letter.alternatives
    assert "Gold &amp; more" in html
    assert account.merchant.name in letter.body
    assert "/notifications/settings/" in letter.body
    assert Message.objects.get(channel="push").state == MessageState.SKIPPED, "no browser is subscribed"


def test_points_that_wait_are_told_as_such(account, tell):
    tell("points.earned", points=5, pending=True)
    tell("points.confirmed", 2, points=5, waited_for="payment", pending=True)
    assert [title for title, _ in inbox(account.customer)] == ["5 points are on their way"]


def test_the_last_day_of_points_is_that_of_the_merchants_zone(account, tell):
    account.merchant.time_zone = "America/New_York"
    account.merchant.save()
    tell("points.expiring", points=5, expires_at="2027-01-01T05:00:00+00:00", lead_days=7)
    assert inbox(account.customer)[0][0] == "5 points lapse on December 31, 2026"


def test_an_appointment_is_on_its_day_and_at_its_hour_by_the_clock_of_the_merchant(account, tell):
    account.merchant.time_zone = "America/New_York"
    account.merchant.save()
    tell("appointment.due", option="styling", starts_at="2026-11-21T05:00:00+00:00")
    ((title, text),) = inbox(account.customer)
    assert title == "Your appointment on November 21, 2026"
    assert "at 12:00" in text


def test_nobody_is_told_of_an_approval_that_nobody_gave(account, tell):
    tell("redemption.approved", customer=account.customer_id, reason="no_approval_needed")
    assert inbox(account.customer) == []
    tell("redemption.approved", 2, customer=account.customer_id, option=None, reason="approved")
    assert len(inbox(account.customer)) == 1


def test_of_a_referral_the_referrer_is_told_without_a_name(account):
    referral = ReferralFactory(referral_link__customer=account.customer)
    people = {"referrer": referral.referrer_id, "referee": referral.referee_id}
    EventFactory(
        merchant=account.merchant, type="referral.joined", subject_type="referral", subject_id=1, payload=people
    )
    read_to_the_end(lambda: notice_events(now=NOON), "notices")
    assert Notification.objects.get().customer == account.customer
    assert "Bob" not in str(inbox(account.customer))
    assert Notification.objects.get().arguments == {}


def test_the_technician_of_a_job_is_told_by_e_mail(account):
    tina = TechnicianFactory(merchant=account.merchant)
    job = {"technician": tina.pk, "option": "free-meal"}
    EventFactory(
        merchant=account.merchant, type="redemption.assigned", subject_type="redemption", subject_id=1, payload=job
    )
    read_to_the_end(lambda: notice_events(now=NOON), "notices")
    send_due_messages(now=NOON)
    assert Notification.objects.get().user == tina.user
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("A new job: free-meal", [tina.user.email])
    assert "/portal/" in letter.body
    assert "/notifications/" not in letter.body, "what concerns their work is not theirs to choose"


def test_nobody_is_told_the_same_twice_whoever_works_on_it(account, tell):
    EventFactory(merchant=account.merchant, type="tier.kept", subject_id=account.pk, payload={})
    EventFactory(merchant=account.merchant, type="tier.changed", subject_id=account.pk, sequence=2, payload={})

    def work():
        read_to_the_end(lambda: notice_events(now=NOON), "notices")
        send_due_messages(now=NOON)

    at_once(work, work, work)
    work()
    assert Notification.objects.count() == 2
    assert len(mail.outbox) == 1


def test_what_is_old_wakes_nobody(account, tell):
    tell("tier.changed", now=NOON + STALE + timedelta(seconds=1), to=None)
    assert Notification.objects.count() == 1
    assert not Message.objects.exists()


def test_whoever_chose_channels_is_told_by_these(account, tell):
    wanted = {"channels": {"tier": [], "rewards": ["sms"]}, "language": "", "time_zone": "", "quiet": None}
    choose_contact(customer=account.customer, **wanted)
    tell("tier.changed", to=None)
    tell("grant.issued", 2, option="free-meal", quantity=1)
    tell("appointment.due", 3, option="free-meal", starts_at="2026-11-21T12:00:00+00:00")
    assert [each.channel for each in Message.objects.all()] == ["sms"]
    assert Notification.objects.count() == 3


def test_at_night_it_waits_until_the_morning_of_the_reader(account, tell):
    VoiceFactory(merchant=account.merchant)
    ContactPreferenceFactory(customer=account.customer, time_zone="Asia/Tokyo")
    tell("tier.changed", to=None)  # It is 21:00 in Tokyo.
    assert send_due_messages(now=NOON) == 2
    morning = datetime(2026, 11, 20, 23, tzinfo=UTC)
    assert set(Message.objects.values_list("due_at", "attempts")) == {(morning, 0)}
    assert mail.outbox == []
    assert send_due_messages(now=morning) == 2
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("at", "begin", "end", "until"),
    [
        ("21:00", "21:00", "08:00", "08:00 +1"),
        ("20:59", "21:00", "08:00", None),
        ("07:59", "21:00", "08:00", "08:00"),
        ("08:00", "21:00", "08:00", None),
        ("13:00", "12:00", "14:00", "14:00"),
        ("14:00", "12:00", "14:00", None),
        ("03:00", "08:00", "08:00", None),
    ],
)
def test_quiet_hours_begin_at_their_beginning_and_end_before_their_end(at, begin, end, until):
    voice = VoiceFactory.build(merchant=None, quiet_from=time.fromisoformat(begin), quiet_until=time.fromisoformat(end))
    now = datetime.combine(NOON.date(), time.fromisoformat(at), tzinfo=UTC)
    found = end_of_quiet(voice=voice, preference=None, zone="UTC", now=now)
    expected = until and NOON.replace(hour=int(until[:2]), minute=0) + timedelta(days=until.endswith("+1"))
    assert found == (expected or None)


def test_a_mail_server_that_is_away_delays_it_and_is_asked_again(account, tell, monkeypatch):
    def away(*_):
        raise smtplib.SMTPServerDisconnected

    tell("tier.expiring", tier=None, until=None)
    with monkeypatch.context() as hour:
        hour.setattr(EmailBackend, "send_messages", away)
        now = NOON
        for wait in WAITS[:2]:
            send_due_messages(now=now)
            message = Message.objects.get(channel="email")
            assert (message.due_at - now, message.state) == (wait, MessageState.PENDING)
            now = message.due_at
    send_due_messages(now=now)
    message.refresh_from_db()
    assert (message.state, message.attempts, len(mail.outbox)) == (MessageState.SENT, 3, 1)
    assert mail.outbox[0].extra_headers["Message-ID"].startswith(f"<{message.uuid}@")


def test_an_address_to_which_nothing_can_be_sent_keeps_nobody_else_waiting():
    unwritable = MessageFactory(notification__customer__email=f"eve@{'ä' * 60}.example")
    other = MessageFactory()
    send_due_messages(now=NOON)
    unwritable.refresh_from_db()
    assert (unwritable.state, unwritable.error) == (MessageState.SKIPPED, "refused")
    assert [letter.to for letter in mail.outbox] == [[other.notification.customer.email]]


def test_after_the_last_attempt_it_is_given_up(monkeypatch):
    def away(*_):
        raise OSError

    monkeypatch.setattr(EmailBackend, "send_messages", away)
    message = MessageFactory(attempts=len(WAITS))
    send_due_messages(now=NOON)
    message.refresh_from_db()
    assert (message.state, message.error) == (MessageState.FAILED, "OSError")


def test_while_it_is_sent_no_transaction_is_open_and_nobody_else_sends_it(monkeypatch, account, tell):
    from django.db import connection

    seen = []

    def watch(backend, mails):
        seen.append((connection.in_atomic_block, send_due_messages(now=NOON + LEASE / 2)))
        return len(mails)

    tell("tier.expiring", tier=None, until=None)
    monkeypatch.setattr(EmailBackend, "send_messages", watch)
    send_due_messages(now=NOON)
    assert seen == [(False, 0)]


def test_whoever_was_erased_is_told_nothing(account, tell):
    tell("tier.changed", to=None)
    erase_customer(customer=account.customer, now=NOON, reason="customer_request")
    assert send_due_messages(now=NOON) == 2
    assert mail.outbox == []
    assert set(Message.objects.values_list("error", flat=True)) == {"erased"}


def test_whoever_goes_on_for_another_is_told_what_concerns_both_as_either_wished_and_forgotten_with_them(account, tell):
    survivor = CustomerFactory(merchant=account.merchant)
    ContactPreferenceFactory(customer=account.customer, channels={"tier": ["push"]})
    merge_customers(survivor=survivor, merged=account.customer, now=NOON, reason="same_person", actor="command")
    tell("tier.changed", sequence=2, to=None)
    assert inbox(survivor) == inbox(survivor, language="en") != []
    assert list(Message.objects.values_list("channel", flat=True)) == ["push"]
    choose_contact(customer=survivor, channels={"tier": []}, language="", time_zone="", quiet=None)
    assert preferences_of(survivor).channels == {"tier": []}
    erase_customer(customer=survivor, now=NOON, reason="customer_request")
    assert not ContactPreference.objects.exists()


def test_a_merchants_own_words_come_before_ours_and_reach_nothing_but_what_is_told():
    customer = CustomerFactory()
    NotificationFactory(customer=customer)
    WordingFactory(merchant=customer.merchant, title="{points} more!", text="{points.__class__} {secret} {}")
    assert inbox(customer) == [("100 more!", "… … …")]
    assert unknown_placeholders("{points} {points.__class__} {x!r}") == ["points.__class__", "x!r"]


def test_numbers_and_days_are_written_as_in_the_readers_language():
    customer = CustomerFactory()
    NotificationFactory(customer=customer, kind="points_expiring", arguments={"points": 1250, "date": "2027-03-31"})
    assert "1.250" in inbox(customer, language="de")[0][0]
    assert "31. März 2027" in inbox(customer, language="de")[0][0]


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_notice_can_be_said(kind):
    said = say(kind=kind, arguments=SAMPLE, language="en", own={})
    assert "{" not in said.title + said.text
    assert "…" not in said.title + said.text


def test_every_notice_has_a_name_of_its_own():
    assert len(BY_KIND) == len(NOTICES)
    assert not ContactPreference.objects.exists()
