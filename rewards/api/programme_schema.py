"""The published JSON Schema of programme files."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from rewards.services.programmes.schema import SCHEMA


@require_safe
@cache_control(public=True, max_age=3600)
def programme_schema(request: HttpRequest) -> JsonResponse:
    """The schema, for editors and for whoever writes programmes; it tells nothing of any merchant."""
    return JsonResponse(SCHEMA, content_type="application/schema+json")
