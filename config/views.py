"""Probes of a process."""

from typing import Any

from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError


def healthz(_request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    """This process can work: 200 if PostgreSQL answers, else 503; a missing Redis is only reported."""
    checks: dict[str, Any] = {"postgresql": _postgresql_answers(), "redis": _redis_answers()}
    ready = checks["postgresql"]
    return JsonResponse({"status": "ready" if ready else "unavailable", **checks}, status=200 if ready else 503)


def _postgresql_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        return False
    return True


def _redis_answers() -> bool:
    try:
        cache.get("readyz")
    except (ConnectionInterrupted, RedisError):
        return False
    return True
