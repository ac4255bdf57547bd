"""The page that shows what pages are put together from. In development only."""

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

CHART = (("June", 1200), ("July", 1850), ("August", 900), ("September", 2400), ("October", 2100))


def styleguide(request: HttpRequest) -> HttpResponse:
    """Tokens and components, each once.

    :raises Http404: in production, where nobody needs it.
    """
    if settings.IN_PRODUCTION:
        raise Http404
    icons = re.findall(r'symbol id="(\w+)"', (settings.BASE_DIR / "static/img/icons.svg").read_text())
    return render(request, "styleguide.html", {"icons": icons, "chart": CHART})
