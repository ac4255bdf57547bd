"""The page of operators and the metrics: who works, what waits, whether the books were proved."""

import json
import re
from datetime import timedelta
from io import StringIO
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.urls import resolve, reverse
from django.utils import timezone
from prometheus_client import REGISTRY, start_http_server

from config.cockpit.signs import beat_heart, last_proof
from config.lib.metering import MeterMiddleware
from config.metrics import registry
from config.schedule import BEAT_SCHEDULE
from config.tasks import show_life
from fulfillment.models import OutboxReader
from referrals.services.staff import Role
from tests.factories.referrals import EventFactory
from tests.factories.rewards import EvaluationFactory

SYSTEM = reverse("system")


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_only_administrators_see_the_system(client, as_role, role):
    as_role(role)
    assert client.get(SYSTEM).status_code == (200 if role is Role.ADMINISTRATOR else 403)
    assert (SYSTEM in client.get(reverse("admin:index")).text) == (role is Role.ADMINISTRATOR)


@pytest.mark.django_db
def test_workers_are_seen_by_their_last_beat(superuser):
    now = timezone.now()
    assert [heart.is_late for heart in superuser.get(SYSTEM).context["hearts"]] == [True, True]

    show_life("worker")
    beat_heart(who="outbound", now=now - timedelta(minutes=2))

    assert [(it.name, it.is_late) for it in superuser.get(SYSTEM).context["hearts"]] == [
        ("worker", False),
        ("outbound", True),
    ]


def test_beat_asks_each_kind_of_worker_for_a_sign_of_life():
    asked = {
        each["args"][0]: each["options"].get("queue", "worker")
        for each in BEAT_SCHEDULE.values()
        if each["task"] == show_life.name
    }
    assert asked == {"worker": "worker", "outbound": "outbound"}


@pytest.mark.django_db
def test_what_waits_and_who_is_behind_is_told_for_all_merchants(superuser):
    long_ago = timezone.now() - timedelta(hours=5)
    EvaluationFactory(state="pending", created_at=long_ago)
    EvaluationFactory(state="pending", created_at=timezone.now())
    read = EventFactory()
    OutboxReader.objects.update_or_create(name="webhooks", defaults={"position": read.pk, "mark": read.pk})
    unread = EventFactory(occurred_at=long_ago)

    page = superuser.get(SYSTEM)

    title, rows, oldest = page.context["queues"][0]
    assert (title, oldest) == ("Purchases to evaluate", long_ago)
    assert ">2</a>" in rows
    (reader,) = [each for each in page.context["readers"] if each.name == "webhooks"]
    assert (reader.name, reader.behind, reader.since) == ("webhooks", unread.pk - read.pk, long_ago)


@pytest.mark.django_db(transaction=True)
def test_a_proof_is_remembered_as_it_went(superuser):
    output = StringIO()
    call_command("verify_ledger", stdout=output)

    told = json.loads(output.getvalue())
    assert (last_proof().is_ok, last_proof().violations) == (True, 0)
    assert last_proof().seconds == told["seconds"]
    assert "proved" in superuser.get(SYSTEM).text


@pytest.fixture
def metrics():
    """Where the metrics are read, on a port of their own."""
    server, thread = start_http_server(0, addr="127.0.0.1", registry=registry())
    yield f"http://127.0.0.1:{server.server_port}/metrics"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_metrics_tell_what_waits_on_their_own_port_and_nothing_of_anybody(metrics):
    evaluation = EvaluationFactory(failed=True, purchase__customer__external_id="C-secret", failure="C-secret broke")
    show_life("worker")

    with urlopen(metrics) as answer:
        told = answer.read().decode()

    assert 'grapevine_queue_rows{queue="evaluations_failed"} 1.0' in told
    seconds = evaluation.created_at.timestamp()
    (since,) = re.findall(r'grapevine_queue_oldest_timestamp_seconds\{queue="evaluations_failed"\} (\S+)', told)
    assert float(since) == seconds
    assert 'grapevine_server_up{server="postgresql"} 1.0' in told
    assert 'grapevine_worker_seen_timestamp_seconds{worker="worker"}' in told
    assert "secret" not in told


def test_metrics_cannot_be_had_where_the_pages_are(live_server):
    with pytest.raises(HTTPError) as refused:
        urlopen(f"{live_server.url}/metrics")
    refused.value.close()
    assert refused.value.code == 404


def test_requests_are_counted_by_the_pattern_of_their_address(rf):
    def answer(request):
        request.resolver_match = resolve(request.path)
        return HttpResponse(status=404)

    kind = {"method": "GET", "route": "/api/v1/customers/<path:reference>/credits"}
    before = REGISTRY.get_sample_value("grapevine_requests_total", {**kind, "status": "404"}) or 0

    MeterMiddleware(answer)(rf.get("/api/v1/customers/ann/credits"))
    MeterMiddleware(lambda request: HttpResponse())(rf.generic("GUESS", "/api/v1/customers/ann/credits"))

    assert REGISTRY.get_sample_value("grapevine_requests_total", {**kind, "status": "404"}) == before + 1
    assert REGISTRY.get_sample_value("grapevine_request_seconds_count", kind) >= 1
    unknown = {"method": "other", "route": "unknown", "status": "200"}
    assert REGISTRY.get_sample_value("grapevine_requests_total", unknown) >= 1
