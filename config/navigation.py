"""What every page shows around its content: whose it is, and where else its reader can go."""

from collections.abc import Iterator
from functools import partial
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fulfillment.selectors.inbox import unread_count

MORE, INBOX = "more", "notifications-page"
FOR_CUSTOMERS = (
    ("home", "home", _("Home")),
    ("share", "share", _("Share")),
    ("rewards", "gift", _("Rewards")),
    ("statement-page", "list", _("Points")),
    (MORE, "more", _("More")),
    ("friends-page", "friends", _("Friends")),
    ("campaigns", "megaphone", _("Campaigns")),
    ("leaderboard", "trophy", _("Leaderboard")),
    ("redemptions-page", "box", _("Redeemed")),
    (INBOX, "bell", _("Inbox")),
    ("profile", "cog", _("Settings")),
    ("help", "help", _("Help")),
)
"""The pages of customers: the name of the URL, the icon, the words. A new page adds its line here."""

TABS = 5
"""So many fit beside each other on a phone; what follows them is found under the last of them."""


class Entry(NamedTuple):
    """A page that can be gone to.

    `is_here` says that it is the one that is shown, `is_aside` that a phone finds it under More, and `unread` how much
    waits there to be read.
    """

    url: str
    icon: str
    label: str
    is_here: bool
    is_more: bool
    is_aside: bool
    unread: int


def whose_pages(request: HttpRequest) -> dict[str, Any]:
    """The merchant and the customer of a page, and the navigation; nothing is looked up before a template asks."""
    return {
        "merchant": getattr(request, "merchant", None),
        "customer": getattr(request, "customer", None),
        "navigation": partial(_entries, request),
    }


def _entries(request: HttpRequest) -> Iterator[Entry]:
    customer = getattr(request, "customer", None)
    if not customer:
        return
    here = request.resolver_match.view_name if request.resolver_match else ""
    unread = unread_count(customer=customer)
    aside = {name for name, *_ in FOR_CUSTOMERS[TABS:]}
    for name, icon, label in FOR_CUSTOMERS:
        is_more = name == MORE
        is_here = here == name or (is_more and here in aside)
        waiting = unread if is_more or name == INBOX else 0
        yield Entry(reverse(name), icon, str(label), is_here, is_more, name in aside, waiting)
