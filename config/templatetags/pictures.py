"""Small pictures that templates draw: icons, rings, tracks and charts. SVG, so they need no script."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

RING_CIRCUMFERENCE = 100
"""The ring's radius is chosen so that its length is 100, and a share of it is a percentage."""

CHART_WIDTH, CHART_HEIGHT = 320, 120

REWARD_ICONS = {"discount": "star", "shipping": "box", "service": "tool", "experience": "calendar"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of static/img/icons.svg. It says nothing by itself: words stand beside it."""
    drawing = '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>'
    return format_html(drawing, static("img/icons.svg"), name)


@register.simple_tag
def reward_icon(kind: str) -> SafeString:
    """An icon in the place of the picture of a reward of this kind."""
    return icon(REWARD_ICONS.get(kind, "gift"))


@register.inclusion_tag("pictures/ring.html")
def ring(done: float, whole: float, label: str) -> dict[str, Any]:
    """A ring that fills: how much of a whole is done.

    :param label: what it says, for whoever does not see it.
    """
    percent = 100 if whole <= 0 else max(0, min(100, round(100 * done / whole)))
    return {"percent": percent, "rest": RING_CIRCUMFERENCE - percent, "label": label}


@register.inclusion_tag("pictures/bars.html")
def bars(rows: Sequence[tuple[str, float]], label: str) -> dict[str, Any]:
    """A chart of bars, with its numbers in a table for whoever does not see it.

    :param rows: what each bar is called, and how much it is (not below zero).
    """
    most = max((value for _, value in rows), default=0) or 1
    step = CHART_WIDTH / max(1, len(rows))
    drawn = [
        {
            "name": name,
            "value": value,
            "x": round(place * step + step * 0.15, 1),
            "y": round(CHART_HEIGHT - CHART_HEIGHT * value / most, 1),
            "width": round(step * 0.7, 1),
            "height": round(CHART_HEIGHT * value / most, 1),
        }
        for place, (name, value) in enumerate(rows)
    ]
    return {"bars": drawn, "label": label, "width": CHART_WIDTH, "height": CHART_HEIGHT}
