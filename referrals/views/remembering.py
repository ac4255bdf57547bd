"""The cookie in which a browser remembers by which link somebody came."""

import re
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from referrals.models.links import ShareLink

COOKIE = "grapevine_referral"
COOKIE_SECONDS = 90 * 24 * 3600
_WRITTEN = re.compile(r"([0-9A-HJKMNP-Z]{4,32})\.([0-9a-f-]{36})\.([0-9]{1,10})")


class Remembered(msgspec.Struct, frozen=True):
    """A link that was followed: its code, as it is stored, its id, and when."""

    code: str
    link: UUID
    at: datetime


def read_touch(request: HttpRequest) -> Remembered | None:
    """What this browser remembers; None if that is nothing, or was written by somebody else."""
    written = _WRITTEN.fullmatch(request.COOKIES.get(COOKIE, ""))
    if written is None:
        return None
    code, link, seconds = written.groups()
    try:
        return Remembered(code, UUID(link), datetime.fromtimestamp(int(seconds), UTC))
    except ValueError:
        return None


def remember_touch(response: HttpResponse, *, link: ShareLink, now: datetime) -> None:
    """Let the browser remember, for 90 days, the link that was followed now."""
    response.set_cookie(
        COOKIE,
        f"{link.code.code}.{link.uuid}.{int(now.timestamp())}",
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
