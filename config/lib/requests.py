"""What every request goes through: it gets an id, and is refused if nothing behind could read it.

The id is in the log, in errors, and in the answer's `X-Request-Id`.
"""

import re
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from rest_framework.request import Request

from config.lib.ids import uuid7
from config.lib.logs import this_request
from config.lib.strict_json import loads

HEADER = "X-Request-Id"
APPS_SIGN_IN = "/_allauth/"
_ACCEPTABLE = re.compile(r"[\w.-]{1,64}", re.ASCII)


def request_id(request: HttpRequest) -> str:
    """The id of this request: the caller's own, if it sent a sane one, else one of ours."""
    known: str | None = getattr(request, "_request_id", None)
    if known is None:
        sent = request.headers.get(HEADER, "")
        known = sent if _ACCEPTABLE.fullmatch(sent) else str(uuid7())
        request._request_id = known  # type: ignore[attr-defined]  # remembered on the request itself
    return known


class ApiRequest(Request):
    """A request to the API: `auth` is the key that it came with, and the key names the merchant."""

    auth: Any


def bearer_token(request: HttpRequest) -> str:
    """The token in `Authorization: Bearer`, or the empty string."""
    return token_of(request.headers.get("Authorization", ""))


def token_of(authorization: str) -> str:
    """The token in `Bearer <token>`, or the empty string."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class RequestIdMiddleware:
    """Puts the request's id on the answer, and into what is logged meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = this_request.set(partial(request_id, request))
        try:
            response = self.get_response(request)
        finally:
            this_request.reset(token)
        response[HEADER] = request_id(request)
        return response


class LegibleMiddleware:
    """Refuses requests that would be misread behind it.

    No text that is stored holds NUL, so a path with one names nothing. A body without a length would be taken for
    an empty one. The library by which apps sign in would read JSON that nobody else here reads.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path:
            raise Http404
        if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
            return HttpResponse(status=HTTPStatus.LENGTH_REQUIRED)
        if request.path.startswith(APPS_SIGN_IN) and request.body and not _is_json(request.body):
            return HttpResponse(status=HTTPStatus.BAD_REQUEST)
        return self.get_response(request)


def _is_json(body: bytes) -> bool:
    try:
        loads(body)
    except ValueError:
        return False
    return True
