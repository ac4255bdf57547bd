"""One shape for every error under /api: `application/problem+json` (RFC 9457).

Members: `type`, `title`, `status`, `detail`, `code` (stable, for machines), `request_id`, and `errors` with a
JSON pointer for each mistake in a body. What the framework answers on its own (404, 405, a bad host, a body
that is too large) is given the same shape by the middleware.
"""

import json
import logging
import math
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.response import Response

from config.lib.errors import DomainError, Invalid
from config.lib.limits import LimitReached, NobodyCounts
from config.lib.requests import APPS_SIGN_IN, request_id

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2
CODES = {
    400: "malformed",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    411: "length_required",
    413: "body_too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}


def problem_body(
    request: HttpRequest,
    *,
    status: int,
    code: str = "",
    detail: str = "",
    errors: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """The members of a problem document.

    :param status: the HTTP status; it also gives the title and, if none is named, the code.
    :param detail: a sentence for a person; never an internal of ours.
    """
    code = code or CODES.get(status, "error")
    title = HTTPStatus(status).phrase
    body: dict[str, Any] = {
        "type": f"urn:grapevine:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "code": code,
        "request_id": request_id(request),
    }
    if errors:
        body["errors"] = errors
    return body


def problem_response(request: HttpRequest, **members: Any) -> HttpResponse:
    """A problem document as a plain Django response."""
    body = problem_body(request, **members)
    response = HttpResponse(json.dumps(body), status=body["status"], content_type=CONTENT_TYPE)
    if body["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    if body["status"] == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="grapevine"'
    return response


def handle_exception(error: Exception, context: dict[str, Any]) -> HttpResponse | Response | None:
    """Django REST framework's exception handler: errors of ours and of the framework, in one shape."""
    request = context["request"]._request
    if isinstance(error, DomainError):
        return refusal(request, error)
    if isinstance(error, Http404):
        return problem_response(request, status=404)
    if isinstance(error, PermissionDenied):
        return problem_response(request, status=403)
    if isinstance(error, exceptions.APIException):
        return _framework_problem(request, error)
    return None


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """What a rule of ours refused, as a problem document."""
    errors = error.errors if isinstance(error, Invalid) else None
    response = problem_response(request, status=error.status, code=error.code, detail=error.detail, errors=errors)
    if error.retry_after_seconds:
        response["Retry-After"] = str(error.retry_after_seconds)
    return response


def _framework_problem(request: HttpRequest, error: exceptions.APIException) -> HttpResponse:
    code = CODES.get(error.status_code, str(error.default_code))
    detail = error.detail if isinstance(error.detail, str) else ""
    response = problem_response(request, status=error.status_code, code=code, detail=detail[:200])
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(math.ceil(wait))
    if asks_for := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = asks_for
    return response


def database_is_away(error: BaseException) -> bool:
    """Whether an error says that PostgreSQL cannot be reached, or asks us to try again."""
    return isinstance(error, OperationalError | InterfaceError)


class ProblemMiddleware:
    """Gives errors that no view of ours answered the shape of all the others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_error = response.status_code >= HTTPStatus.BAD_REQUEST
        if is_error and request.path.startswith("/api/") and response["Content-Type"] != CONTENT_TYPE:
            problem = problem_response(request, status=response.status_code)
            if allow := response.get("Allow"):
                problem["Allow"] = allow
            return problem
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """While PostgreSQL or Redis is away, or after too many tries, an answer says so, and when to come back."""
        if isinstance(error, LimitReached):
            page = render(request, "429.html", status=error.status)
            page["Retry-After"] = str(error.retry_after_seconds)
            return page
        if not (database_is_away(error) or isinstance(error, RedisError | ConnectionInterrupted | NobodyCounts)):
            return None
        logger.warning("%s is away: %s", type(error).__name__, error)
        sentence = _("A service that this needs cannot be reached just now; try again in a moment.")
        if request.path.startswith(("/api/", APPS_SIGN_IN)):
            return problem_response(request, status=503, detail=sentence)
        return HttpResponse(
            sentence, status=503, content_type="text/plain", headers={"Retry-After": str(RETRY_AFTER_SECONDS)}
        )
