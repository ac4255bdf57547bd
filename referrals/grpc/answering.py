"""What every gRPC call goes through: who calls, what went wrong, and a database connection that works."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import grpc
from django.db import connection

from config.lib.errors import DomainError
from config.lib.problems import database_is_away
from config.lib.requests import token_of
from referrals.models.api_keys import ApiKey, Scope
from referrals.services.api_keys import key_in_force

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

_CODES = {400: grpc.StatusCode.INVALID_ARGUMENT, 404: grpc.StatusCode.NOT_FOUND}


class _Refused(Exception):
    """The call is refused before it is looked at."""


def answers(scope: Scope) -> Callable[[Callable[[Any, Any, ApiKey], Answer]], Callable[[Any, Any, Any], Answer]]:
    """A method that answers calls whose API key has a scope; it gets the request and the key.

    A call whose deadline has passed while it waited for its turn is not begun. Errors become status codes with a
    sentence for a person; of what nobody expected the caller hears only that it happened.
    """

    def decorate(method: Callable[[Any, Any, ApiKey], Answer]) -> Callable[[Any, Any, Any], Answer]:
        @wraps(method)
        def answer(service: Any, request: Any, context: Any) -> Answer:
            try:
                return method(service, request, _caller(context, scope))
            except Exception as error:  # noqa: BLE001 (whatever it is, the caller hears of it in our words)
                return context.abort(*_said_of(error))  # type: ignore[no-any-return]  # it raises

        return answer

    return decorate


def _caller(context: Any, scope: Scope) -> ApiKey:
    if not context.is_active():
        raise _Refused(grpc.StatusCode.DEADLINE_EXCEEDED, "Nobody waits for the answer any more.")
    connection.close_if_unusable_or_obsolete()
    key = key_in_force(token_of(dict(context.invocation_metadata()).get("authorization", "")))
    if key is None:
        raise _Refused(grpc.StatusCode.UNAUTHENTICATED, "Send a valid API key as 'authorization: Bearer <key>'.")
    if scope not in key.scopes:
        raise _Refused(grpc.StatusCode.PERMISSION_DENIED, f"The key lacks the scope '{scope}'.")
    return key


def _said_of(error: Exception) -> tuple[grpc.StatusCode, str]:
    if isinstance(error, _Refused):
        code, detail = error.args
        return code, detail
    if isinstance(error, DomainError) and error.status in _CODES:
        return _CODES[error.status], error.detail
    if database_is_away(error):
        logger.warning("%s is away: %s", type(error).__name__, error)
        return grpc.StatusCode.UNAVAILABLE, "The database cannot be reached just now; try again in a moment."
    logger.error("A gRPC call failed.", exc_info=error)
    return grpc.StatusCode.INTERNAL, "Something went wrong here."
