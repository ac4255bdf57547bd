"""Writing down what could not be taken in."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from config.lib.encryption import keyed_hash
from config.lib.errors import DomainError, Invalid
from referrals.models.merchants import Merchant
from referrals.models.refused import RefusedMessage


def record_refusal(
    *, merchant: Merchant | None, source: str, content: bytes, about: str, error: DomainError, now: datetime
) -> None:
    """Write down that a message was refused, and why; a repetition is counted, and a person looks again.

    :param source: the door that it came through.
    :param content: the message as it came.
    :param about: its topic and what it spoke of, in a few words that name nobody.
    """
    places = error.errors if isinstance(error, Invalid) else []
    detail = "; ".join(f"{place['pointer']}: {place['detail']}" for place in places) or error.detail
    said = {"about": _plain(about, 200), "reason": _code(error), "detail": _plain(detail, 500), "last_at": now}
    with transaction.atomic():
        row, is_new = RefusedMessage.objects.get_or_create(
            source=source,
            content_hash=keyed_hash(content),
            defaults={"merchant": merchant, "first_at": now, **said},
        )
        if not is_new:
            RefusedMessage.objects.filter(pk=row.pk).update(times=F("times") + 1, is_open=True, **said)


def close_refusals(*, messages: list[RefusedMessage]) -> None:
    """A person has looked at these."""
    RefusedMessage.objects.filter(pk__in=[message.pk for message in messages]).update(is_open=False)


def _code(error: DomainError) -> str:
    """What is wrong, by the code of the first mistake if there is one."""
    first = error.errors[0]["code"] if isinstance(error, Invalid) and error.errors else error.code
    return error.code if first == "invalid" else first


def _plain(text: str, length_max: int) -> str:
    return "".join(character for character in text if character.isprintable())[:length_max]
