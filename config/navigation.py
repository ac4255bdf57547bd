"""What every page shows around its content: whose it is, and where else its reader can go."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

FOR_CUSTOMERS = (
    ("home", "home", _("Home")),
    ("share", "share", _("Share")),
    ("leaderboard", "trophy", _("Leaderboard")),
    ("statement-page", "list", _("Points")),
    ("friends-page", "friends", _("Friends")),
    ("notifications-page", "bell", _("Inbox")),
    ("redemptions-page", "gift", _("Redeemed")),
    ("profile", "cog", _("Settings")),
)
"""The pages of customers: the name of the URL, the icon, the words. A new page adds its line here."""


class Entry(NamedTuple):
    """A page that can be gone to; `is_here` says that it is the one that is shown."""

    url: str
    icon: str
    label: str
    is_here: bool


def whose_pages(request: HttpRequest) -> dict[str, Any]:
    """The merchant and the customer of a page, and the navigation; nothing is looked up before a template asks."""
    return {
        "merchant": getattr(request, "merchant", None),
        "customer": getattr(request, "customer", None),
        "navigation": partial(_entries, request),
    }


def _entries(request: HttpRequest) -> Iterator[Entry]:
    if not getattr(request, "customer", None):
        return
    here = request.resolver_match.view_name if request.resolver_match else ""
    for name, icon, label in FOR_CUSTOMERS:
        yield Entry(reverse(name), icon, str(label), name == here)
