"""The cookie in which a browser remembers by which link somebody came."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE = "grapevine_referral"
REMEMBERED = timedelta(days=90)
"""How long a link that was followed is remembered, by a browser as by a profile."""

_WRITTEN = re.compile(r"([0-9A-HJKMNP-Z]{4,32})\.([0-9a-f-]{36})\.([0-9]{1,10})")


class Remembered(msgspec.Struct, frozen=True):
    """A link that was followed: its code, as it is stored, its id, and when."""

    code: str
    link: UUID
    at: datetime


def read_cookie(request: HttpRequest) -> Remembered | None:
    """What this browser remembers; None if that is nothing, or was written by somebody else."""
    written = _WRITTEN.fullmatch(request.COOKIES.get(COOKIE, ""))
    if written is None:
        return None
    code, link, seconds = written.groups()
    try:
        return Remembered(code, UUID(link), datetime.fromtimestamp(int(seconds), UTC))
    except ValueError:
        return None


def write_cookie(response: HttpResponse, followed: Remembered) -> None:
    """Let the browser remember, for 90 days, a link that is followed now."""
    response.set_cookie(
        COOKIE,
        f"{followed.code}.{followed.link}.{int(followed.at.timestamp())}",
        max_age=REMEMBERED,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
