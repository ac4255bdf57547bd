"""What a customer was told, and how they wish to be."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from fulfillment.models.notifications import Channel, ContactPreference, Notification, Voice
from fulfillment.selectors.notices import Topic
from fulfillment.selectors.wording import say, voice_of, wordings_of
from referrals.models.customers import Customer
from referrals.models.users import User
from referrals.selectors import of_person

WANTED = (Channel.EMAIL, Channel.PUSH)
"""The channels of whoever has not chosen any; an SMS is sent only to those who asked for it."""


def unread_count(*, customer: Customer) -> int:
    """How many notifications a customer has not read."""
    return Notification.objects.filter(of_person(customer.pk), read_at=None).count()


def inbox_page(
    *, customer: Customer, before: int | None, size: int, language: str = ""
) -> tuple[list[dict[str, Any]], int | None]:
    """A customer's newest notifications in words, and the place where the next page begins; None: it was the last.

    :param before: the place that the page before gave.
    :param language: in which to say it; empty: as the customer, or else the merchant, prefers.
    """
    rows = Notification.objects.filter(of_person(customer.pk)).order_by("-pk")
    found = list(rows.filter(pk__lt=before)[: size + 1] if before else rows[: size + 1])
    own, spoken = wordings_of(customer.merchant), language or language_of(customer)
    shown = []
    for each in found[:size]:
        said = say(kind=each.kind, arguments=each.arguments, language=spoken, own=own)
        shown.append({"id": str(each.uuid), "kind": each.kind, **said._asdict(), **_moments(each)})
    return shown, found[size - 1].pk if len(found) > size else None


def chosen_by(customer_ids: Collection[int]) -> dict[int, ContactPreference]:
    """What customers chose; where they chose nothing, what somebody did who was merged into them."""
    chosen: dict[int, ContactPreference] = {}
    for each in ContactPreference.objects.filter(of_person(*customer_ids)).select_related("customer").order_by("pk"):
        chosen[each.customer_id] = each
        if survivor_id := each.customer.merged_into_id:
            chosen.setdefault(survivor_id, each)
    return chosen


def preferences_of(customer: Customer) -> ContactPreference:
    """What a customer chose; nothing yet, if they chose nothing."""
    found = chosen_by([customer.pk]).get(customer.pk)
    return found or ContactPreference(customer=customer, merchant=customer.merchant)


def language_of(customer: Customer) -> str:
    """In which language a customer is told."""
    voice: Voice = voice_of(customer.merchant)
    return preferences_of(customer).language or voice.language


def language_of_person(user: User) -> str:
    """The language that somebody chose as a customer, of whichever merchant; empty: none."""
    chosen = ContactPreference.objects.filter(customer__user=user).exclude(language="").order_by("-pk")
    return chosen.values_list("language", flat=True).first() or ""


def channels_of(preference: ContactPreference) -> dict[str, list[str]]:
    """For each topic the channels by which a customer is told, where a notice goes out by them."""
    return {topic.value: list(preference.channels.get(topic.value, WANTED)) for topic in Topic}


def inbox_of_person(customer: Customer) -> dict[str, Any]:
    """What is told to a customer who asks for everything that is known of them."""
    notifications, place = inbox_page(customer=customer, before=None, size=500)
    while place:
        more, place = inbox_page(customer=customer, before=place, size=500)
        notifications += more
    preference = preferences_of(customer)
    return {
        "notifications": notifications,
        "contact_preferences": {
            "channels": channels_of(preference),
            "language": preference.language,
            "time_zone": preference.time_zone,
            "quiet_from": preference.quiet_from,
            "quiet_until": preference.quiet_until,
        },
    }


def _moments(notification: Notification) -> dict[str, datetime | None]:
    return {"created_at": notification.created_at, "read_at": notification.read_at}
