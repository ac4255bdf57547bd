"""The product's URLs, and the yardstick for reads: a view that does nothing, behind the same middleware."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from config.urls import urlpatterns as product


def empty(_request: HttpRequest) -> JsonResponse:
    """Answer."""
    return JsonResponse({})


urlpatterns = [path("empty", empty), *product]
