"""Every request has an id: in the log, in errors, and in the answer's `X-Request-Id`."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from config.lib.ids import uuid7

HEADER = "X-Request-Id"
_ACCEPTABLE = re.compile(r"[\w.-]{1,64}", re.ASCII)


def request_id(request: HttpRequest) -> str:
    """The id of this request: the caller's own, if it sent a sane one, else one of ours."""
    known: str | None = getattr(request, "_request_id", None)
    if known is None:
        sent = request.headers.get(HEADER, "")
        known = sent if _ACCEPTABLE.fullmatch(sent) else str(uuid7())
        request._request_id = known  # type: ignore[attr-defined]
    return known


def bearer_token(request: HttpRequest) -> str:
    """The token in `Authorization: Bearer`, or the empty string."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class RequestIdMiddleware:
    """Puts the request's id on the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response[HEADER] = request_id(request)
        return response
