"""What customers do with what they are told: they read it, and say how they wish to be told."""

from collections.abc import Collection, Mapping
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from config.lib.bodies import mistake
from fulfillment.models.notifications import Channel, ContactPreference, Notification, PushSubscription
from fulfillment.selectors.notices import Topic
from referrals.models.customers import Customer
from referrals.selectors import of_person
from referrals.services.erasure import hold_customers


def mark_read(*, customer: Customer, uuids: Collection[UUID] | None, now: datetime) -> int:
    """Note that a customer has read what they were told.

    :param uuids: which; None: everything.
    :returns: how many had not been read.
    """
    unread = Notification.objects.filter(of_person(customer.pk), read_at=None)
    return (unread if uuids is None else unread.filter(uuid__in=uuids)).update(read_at=now)


def choose_contact(
    *,
    customer: Customer,
    channels: Mapping[str, Collection[str]],
    language: str,
    time_zone: str,
    quiet: tuple[time, time] | None,
) -> ContactPreference:
    """Keep how a customer wishes to be told, in place of what they wished before.

    :param channels: by topic; a topic that is not named is as usual.
    :param quiet: from when until when nothing is sent; None: the merchant's hours.
    :raises Invalid: if a topic, a channel, the language or the zone is unknown.
    """
    for topic, chosen in channels.items():
        if topic not in Topic.values or not set(chosen) <= set(Channel.values):
            raise mistake(
                "The preferences have a mistake.", f"/channels/{topic}", "unknown", "Unknown topic or channel"
            )
    if language and language not in dict(settings.LANGUAGES):
        raise mistake("The preferences have a mistake.", "/language", "unknown", "Unknown language")
    if time_zone and not _is_zone(time_zone):
        raise mistake("The preferences have a mistake.", "/time_zone", "unknown", "Unknown time zone")
    begin, end = quiet or (None, None)
    columns = {
        "merchant": customer.merchant,
        "channels": {topic: sorted(set(chosen)) for topic, chosen in channels.items()},
        "language": language,
        "time_zone": time_zone,
        "quiet_from": begin,
        "quiet_until": end,
    }
    with transaction.atomic():
        hold_customers(customers=[customer])
        return ContactPreference.objects.update_or_create(customer=customer, defaults=columns)[0]


def choose_language(*, customer: Customer, language: str) -> None:
    """Keep in which language a customer wishes to be told; all else stays as they wished before.

    :param language: one of the product's.
    """
    with transaction.atomic():
        hold_customers(customers=[customer])
        columns = {"merchant": customer.merchant, "language": language}
        ContactPreference.objects.update_or_create(
            customer=customer, defaults={"language": language}, create_defaults=columns
        )


def forget_contact(customer: Customer) -> None:
    """Take away what could reach a person: their browsers, and how they wished to be told."""
    PushSubscription.objects.filter(of_person(customer.pk)).delete()
    ContactPreference.objects.filter(of_person(customer.pk)).delete()


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
