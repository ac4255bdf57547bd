"""Pages and probes that belong to no floor."""

from typing import Any

from django.core.cache import cache
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django_redis.exceptions import ConnectionInterrupted
from redis.exceptions import RedisError

from config.lib.pages import PageRequest
from referrals.selectors import home_destination, referral_of, shown_first_name


def home(request: PageRequest) -> HttpResponse:
    """Where everybody lands: a customer's own home, a merchant's invitation to others, or the doors that are open."""
    if request.customer:
        return _first_home(request)
    return render(request, "welcome.html" if request.merchant else "home.html")


def _first_home(request: PageRequest) -> HttpResponse:
    referral = referral_of(customer=request.customer)
    site = home_destination(merchant=request.merchant)
    code = referral.referral_link if referral else None
    context = {
        "first_name": request.customer.name.partition(" ")[0],
        "referral": referral,
        "inviter": shown_first_name(referral.referrer) if referral else "",
        "onward": site and (reverse("onward", args=[code, site]) if code else site.url),
    }
    return render(request, "first_home.html", context)


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
