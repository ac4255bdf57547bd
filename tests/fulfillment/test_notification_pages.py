"""The pages on which customers read what they were told, and the one that shows the demo's mail."""

import pytest
from django.core import mail
from django.test import override_settings

from fulfillment.models import ContactPreference
from fulfillment.services.notifications.sending import send_due_messages
from tests.factories.fulfillment import MessageFactory, NotificationFactory
from tests.factories.referrals import NOON, CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(client):
    """A customer, and her browser."""
    customer = CustomerFactory(user=UserFactory())
    client.force_login(customer.user)
    return customer


def test_she_reads_what_she_was_told_and_says_that_she_has(client, alice):
    NotificationFactory(customer=alice)
    NotificationFactory(arguments={"points": 777})

    page = client.get("/notifications/").text
    assert "You received 100 points" in page
    assert "777" not in page
    assert '<span class="count">1</span>' in page

    assert '<span class="count">' not in client.post("/notifications/", follow=True).text


def test_she_turns_pages(client, alice):
    NotificationFactory.create_batch(21, customer=alice)
    first = client.get("/notifications/")
    older = client.get("/notifications/", {"cursor": first.context["next"]})
    assert len(older.context["notifications"]) == 1
    assert client.get("/notifications/", {"cursor": "nonsense"}).status_code == 302


def test_she_chooses_how_she_is_told(client, alice):
    chosen = {"points": ["sms"], "language": "de", "time_zone": "Europe/Berlin", "quiet_from": "20:00"}
    assert "a beginning and an end" in client.post("/notifications/settings/", chosen).text

    client.post("/notifications/settings/", {**chosen, "quiet_until": "09:00"})

    kept = ContactPreference.objects.get(customer=alice)
    assert kept.channels == {"points": ["sms"], "tier": [], "referrals": [], "rewards": []}
    assert (kept.language, kept.time_zone, str(kept.quiet_from)) == ("de", "Europe/Berlin", "20:00:00")
    assert 'value="20:00:00"' in client.get("/notifications/settings/").text


@pytest.fixture
def folder(tmp_path):
    back_end = "django.core.mail.backends.filebased.EmailBackend"
    with override_settings(DEV_MAIL_FOLDER=tmp_path, EMAIL_FILE_PATH=str(tmp_path), EMAIL_BACKEND=back_end):
        yield tmp_path


def test_the_mail_of_the_demo_is_read_on_a_page_text_messages_too(client, folder):
    told = NotificationFactory(customer__phone="+441632960961", arguments={"points": 1250})
    for channel in ("email", "sms"):
        MessageFactory(notification=told, channel=channel)
    send_due_messages(now=NOON)

    page = client.get("/dev/mail/").text
    assert "You received 1,250 points" in page
    assert told.customer.email in page
    assert "+441632960961" in page
    assert "<h1>" in client.get("/dev/mail/1/").text
    assert client.get("/dev/mail/9/").status_code == 404


def test_where_mail_goes_out_there_is_no_such_page(client, folder):
    mail.EmailMessage("Hello", "you", "a@example.com", ["b@example.com"]).send()
    assert "Hello" in client.get("/dev/mail/").text
    with override_settings(IN_PRODUCTION=True):
        assert client.get("/dev/mail/").status_code == 404
    with override_settings(DEV_MAIL_FOLDER=None):
        assert client.get("/dev/mail/").status_code == 404
