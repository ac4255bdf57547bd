"""The page of operators: what waits, who works, whether the books are right, and how the cache is."""

from datetime import datetime
from typing import NamedTuple

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Max, Min
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.cockpit.queues import waiting
from config.cockpit.signs import WORKERS, last_heartbeat, last_proof
from config.lib.admin import link_to_rows
from config.lib.numbers import written
from config.lib.postgresql.base import hanging
from config.lib.redis import ask_redis, away
from credits.selectors.epochs import snapshot_epoch
from fulfillment.models.outbox import OutboxReader
from referrals.models.events import Event

LATE_SECONDS = 60
"""Workers of whom nothing was seen for so long are thought to be away: beat asks them every ten seconds."""


class Reading(NamedTuple):
    """How far a consumer is behind the outbox: events, and when the first that it has not read happened."""

    name: str
    behind: int
    since: datetime | None


class Heart(NamedTuple):
    """When workers of a kind were last seen."""

    name: str
    seen_at: datetime | None
    is_late: bool


def system(request: HttpRequest) -> HttpResponse:
    """Show the state of the whole system to administrators, who see all merchants.

    :raises PermissionDenied: to everybody else.
    """
    if not request.user.is_superuser:
        raise PermissionDenied
    now = timezone.now()
    queues = [
        (str(each.queue.title), link_to_rows(each.queue.model, written(each.rows), each.queue.lookups), each.oldest)
        for each in waiting()
    ]
    context = {
        **admin.site.each_context(request),
        "title": _("System"),
        "queues": queues,
        "hearts": list(hearts(now)),
        "proof": last_proof(),
        "readers": list(readers()),
        "redis_answers": bool(ask_redis(lambda redis: redis.ping())),
        "breakers": (away, hanging),
        "epoch": snapshot_epoch(),
    }
    return render(request, "admin/system.html", context)


def hearts(now: datetime) -> list[Heart]:
    """Who works."""
    seen = [(name, last_heartbeat(name)) for name in WORKERS]
    return [Heart(name, at, at is None or (now - at).total_seconds() > LATE_SECONDS) for name, at in seen]


def readers() -> list[Reading]:
    """How far each consumer is behind the outbox; ids have gaps, so the number of events is at most this."""
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    found = []
    for reader in OutboxReader.objects.order_by("name"):
        behind = max(0, last - reader.position)
        first = Event.objects.filter(pk__gt=reader.position).order_by("pk")[:1].aggregate(at=Min("occurred_at"))["at"]
        found.append(Reading(reader.name, behind, first if behind else None))
    return found
