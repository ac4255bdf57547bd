"""How pages look for a merchant: its accent, and what a phone keeps of it on the home screen."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from config.lib.colours import HOUSE_ACCENT, LIGHT_GROUND, dark_accent, light_accent
from config.lib.pages import PageRequest

KEPT_SECONDS = 30 * 24 * 3600
ICONS = (
    ("img/icon.svg", "any", "image/svg+xml", "any"),
    ("img/icon-192.png", "192x192", "image/png", "any"),
    ("img/icon-512.png", "512x512", "image/png", "any"),
    ("img/icon-512.png", "512x512", "image/png", "maskable"),
)


@require_safe
@cache_control(public=True, max_age=KEPT_SECONDS)
def accent(request: HttpRequest, colour: str) -> HttpResponse:
    """The accent that pages make of a colour, as a style sheet: the address says all, so that it is kept for long.

    :param colour: six hexadecimal digits.
    """
    tokens = {"light": light_accent(f"#{colour}"), "dark": dark_accent(f"#{colour}")}
    return render(request, "referrals/accent.css", tokens, content_type="text/css")


@require_safe
def manifest(request: PageRequest) -> JsonResponse:
    """What a browser needs to install the pages of a merchant like an app."""
    merchant: Any = request.merchant
    name = merchant.name if merchant else "Grapevine"
    said = {
        "id": "/",
        "name": name,
        "short_name": name,
        "lang": get_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": LIGHT_GROUND,
        "theme_color": light_accent((merchant and merchant.accent) or HOUSE_ACCENT).plain,
        "icons": [
            {"src": static(path), "sizes": sizes, "type": kind, "purpose": purpose}
            for path, sizes, kind, purpose in ICONS
        ],
    }
    return JsonResponse(said, content_type="application/manifest+json")
