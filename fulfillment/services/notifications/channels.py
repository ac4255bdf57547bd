"""The ways out of the house. Each takes a message to a person, or says why not; no transaction waits for it."""

import base64
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import formataddr
from types import MappingProxyType
from urllib.parse import unquote, urlencode, urlsplit
from uuid import UUID

import msgspec
from django.conf import settings
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db.models import Q

from config.lib.outbound import Unreachable, post
from fulfillment.models.notifications import Channel, PushSubscription, Voice
from fulfillment.selectors.wording import EmailParts, Said, as_email, page_of
from fulfillment.services.notifications.push import push_headers_and_body
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.users import User
from referrals.selectors import of_person

SMS_MAX = 320
GONE = (404, 410)


class Away(Exception):
    """The other side cannot take it now; it is tried again."""


class NoWay(Exception):
    """There is no address, or none that works; nothing is sent."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with everything that its channel needs.

    :param uuid: of the message; the same at each attempt, so that a mail server can tell a copy.
    :param kind: the notice.
    :param reader: whom it is for.
    """

    uuid: UUID
    kind: str
    reader: Customer | User
    merchant: Merchant
    voice: Voice
    language: str
    said: Said


def send_email(letter: Letter) -> None:
    """Send it to the reader's address."""
    if not letter.reader.email:
        raise NoWay("no_address")
    merchant, voice = letter.merchant, letter.voice
    parts: EmailParts = as_email(
        letter.said, kind=letter.kind, merchant=merchant, voice=voice, language=letter.language
    )
    sender = formataddr((voice.sender_name or merchant.name, settings.DEFAULT_FROM_EMAIL))
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    mail = EmailMultiAlternatives(
        parts.subject,
        parts.text,
        sender,
        [letter.reader.email],
        headers={"Message-ID": f"<{letter.uuid}@{domain}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(parts.html, "text/html")
    _mail(mail)


def send_sms(letter: Letter) -> None:
    """Send it to the reader's phone, through a gateway that takes a form: `To`, `From`, `Body`."""
    phone = getattr(letter.reader, "phone", "")
    if not phone:
        raise NoWay("no_address")
    body = f"{letter.voice.sender_name or letter.merchant.name}: {letter.said.text}"[:SMS_MAX]
    if not settings.SMS_URL:
        _show_to_developers(Channel.SMS, phone, body)
        return
    gateway = urlsplit(settings.SMS_URL)
    login = f"{unquote(gateway.username or '')}:{unquote(gateway.password or '')}".encode()
    form = urlencode({"To": phone, "From": settings.SMS_SENDER, "Body": body}).encode()
    headers = {
        "Authorization": f"Basic {base64.b64encode(login).decode()}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    _post(gateway._replace(netloc=gateway.netloc.rpartition("@")[2]).geturl(), form, headers)


def send_push(letter: Letter) -> None:
    """Wake each browser that the reader subscribed; one that is gone is forgotten, and one that is away stops no other.

    Where one is away all are woken again later: the message has an id, by which a browser shows it once.
    """
    whose = of_person(letter.reader.pk) if isinstance(letter.reader, Customer) else Q(user=letter.reader.pk)
    subscriptions = list(PushSubscription.objects.filter(whose).order_by("pk"))
    if not subscriptions:
        raise NoWay("no_address")
    said = letter.said
    told = {"title": said.title, "text": said.text, "id": str(letter.uuid), "page": page_of(letter.kind)}
    content = msgspec.json.encode(told)
    away: Away | None = None
    for subscription in subscriptions:
        try:
            _wake(subscription, content, said.text)
        except Away as error:
            away = error
    if away is not None:
        raise away


SENDERS: Mapping[str, Callable[[Letter], None]] = MappingProxyType(
    {Channel.EMAIL: send_email, Channel.SMS: send_sms, Channel.PUSH: send_push}
)


def _wake(subscription: PushSubscription, content: bytes, text: str) -> None:
    if not settings.VAPID_PRIVATE_KEY:
        _show_to_developers(Channel.PUSH, subscription.endpoint, text)
        return
    headers, body = push_headers_and_body(subscription=subscription, content=content)
    if _post(subscription.endpoint, body, headers, fine=GONE) in GONE:
        subscription.delete()


def _post(url: str, body: bytes, headers: dict[str, str], fine: tuple[int, ...] = ()) -> int:
    try:
        status = post(url, body=body, headers=headers).status
    except Unreachable as error:
        raise Away(error.code) from error
    if not (200 <= status < 300 or status in fine):
        raise Away(f"status_{status}")
    return status


def _mail(mail: EmailMessage) -> None:
    try:
        mail.send()
    except (smtplib.SMTPRecipientsRefused, ValueError):  # The latter: an address that no mail can be written to.
        raise NoWay("refused") from None
    except (OSError, smtplib.SMTPException) as error:
        raise Away(type(error).__name__) from error


def _show_to_developers(channel: Channel, address: str, text: str) -> None:
    """Without a gateway, development reads it among its mail; production has no such way."""
    if not settings.DEV_MAIL_FOLDER:
        raise NoWay("no_gateway")
    _mail(
        EmailMessage(
            f"{channel.label}: {text[:60]}",
            text,
            settings.DEFAULT_FROM_EMAIL,
            [f"{channel}@localhost"],
            headers={"X-To": address[:100]},
        )
    )
