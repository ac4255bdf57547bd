"""Writing down what could not be taken in."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F

from config.lib.encryption import keyed_hash
from config.lib.errors import DomainError, Invalid
from referrals.models.merchants import Merchant
from referrals.models.refused import RefusedMessage


class Why(NamedTuple):
    """Why something was refused, for machines and for people."""

    reason: str
    detail: str


def record_refusal(
    *, merchant: Merchant | None, source: str, content: bytes, about: str, error: DomainError, now: datetime
) -> None:
    """Write down that a message was refused, and why; a repetition is counted, and a person looks again.

    :param source: the door that it came through.
    :param content: the message as it came.
    :param about: its topic and what it spoke of, in a few words that name nobody.
    """
    said = {"about": _plain(about, 200), **describe(error)._asdict(), "last_at": now}
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


def describe(error: DomainError) -> Why:
    """Why something was refused: by the code of the first mistake, if there are several, and each with its place."""
    mistakes = error.errors if isinstance(error, Invalid) else []
    detail = "; ".join(f"{mistake['pointer']}: {mistake['detail']}" for mistake in mistakes) or error.detail
    codes = [mistake["code"] for mistake in mistakes]
    return Why(codes[0] if codes else error.code, _plain(detail, 500))


def _plain(text: str, length_max: int) -> str:
    return "".join(character for character in text if character.isprintable())[:length_max]
