"""How many requests there were and how long they took, by kind: counted where PROMETHEUS_MULTIPROC_DIR says."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

KIND = ("method", "route")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
REQUESTS = Counter("grapevine_requests", "Requests that were answered.", (*KIND, "status"))
SECONDS = Histogram(
    "grapevine_request_seconds", "How long answers took.", KIND, buckets=(0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 3, 10)
)


class MeterMiddleware:
    """Counts each request under the pattern of its address: an address itself may hold a customer's id or a code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        route = f"/{match.route}" if match else "unknown"
        method = request.method if request.method in METHODS else "other"
        REQUESTS.labels(method, route, response.status_code).inc()
        SECONDS.labels(method, route).observe(time.perf_counter() - began)
        return response
