"""Sending what is due: claimed in one transaction, sent in none, settled in another."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from fulfillment.models.notifications import ContactPreference, Message, MessageState, Notification, Voice
from fulfillment.selectors.inbox import chosen_by
from fulfillment.selectors.quiet import end_of_quiet
from fulfillment.selectors.wording import say, voice_of, wordings_of
from fulfillment.services.notifications.channels import SENDERS, Away, Letter, NoWay
from referrals.models.customers import Customer
from referrals.models.users import User

CHUNK = 50
LEASE = timedelta(minutes=10)
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 1440))
"""The waits between seven attempts: together a day and a half."""


def send_due_messages(*, now: datetime, limit: int = CHUNK) -> int:
    """Send messages that are due; what a person's quiet hours hold back waits for their end.

    :param limit: messages that are claimed together.
    :returns: how many were claimed.
    """
    with transaction.atomic():
        due = Message.objects.filter(state=MessageState.PENDING, due_at__lte=now).order_by("due_at", "pk")
        claimed = list(due.select_for_update(skip_locked=True)[:limit])
        mine = Message.objects.filter(pk__in=[each.pk for each in claimed])
        mine.update(due_at=now + LEASE, attempts=F("attempts") + 1)
    told = mine.select_related("notification__merchant", "notification__customer", "notification__user")
    for message in told.order_by("due_at", "pk"):
        _send(message, now)
    return len(claimed)


def send_again(*, message: Message, now: datetime) -> bool:
    """Let a message that has ended, however it did, go out once more, with all attempts.

    :returns: False if it is on its way already.
    """
    ended = Message.objects.filter(pk=message.pk).exclude(state=MessageState.PENDING)
    return ended.update(state=MessageState.PENDING, attempts=0, due_at=now, ended_at=None, error="") == 1


def _send(message: Message, now: datetime) -> None:
    """Send one message, and write down what came of it, unless somebody else did."""
    notification = message.notification
    merchant, voice = notification.merchant, voice_of(notification.merchant)
    customer_id = notification.customer_id
    preference = chosen_by([customer_id]).get(customer_id) if customer_id else None
    if until := end_of_quiet(voice=voice, preference=preference, zone=merchant.time_zone, now=now):
        _settle(message, due_at=until, attempts=message.attempts - 1)
        return
    reader = notification.customer or notification.user
    if reader is None or getattr(reader, "erased_at", None):
        _settle(message, state=MessageState.SKIPPED, ended_at=now, error="erased")
        return
    try:
        SENDERS[message.channel](_letter(message, reader, voice, preference))
    except NoWay as reason:
        _settle(message, state=MessageState.SKIPPED, ended_at=now, error=str(reason)[:40])
    except Away as reason:
        if message.attempts > len(WAITS):
            _settle(message, state=MessageState.FAILED, ended_at=now, error=str(reason)[:40])
        else:
            _settle(message, due_at=now + WAITS[message.attempts - 1], error=str(reason)[:40])
    else:
        _settle(message, state=MessageState.SENT, ended_at=now, error="")


def _letter(message: Message, reader: Customer | User, voice: Voice, preference: ContactPreference | None) -> Letter:
    notification: Notification = message.notification
    language = (preference.language if preference else "") or voice.language
    said = say(
        kind=notification.kind,
        arguments=notification.arguments,
        language=language,
        own=wordings_of(notification.merchant),
        channel=message.channel,
    )
    return Letter(message.uuid, notification.kind, reader, notification.merchant, voice, language, said)


def _settle(message: Message, **columns: object) -> None:
    Message.objects.filter(pk=message.pk, state=MessageState.PENDING, attempts=message.attempts).update(**columns)
