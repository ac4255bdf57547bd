"""By what device and from where somebody visits, as far as a request tells."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest

from referrals.services.traces import Presence


def presence_of(request: HttpRequest) -> Presence:
    """The address, of which proxies are believed only if they are ours, and the name of the browser."""
    return Presence(get_adapter().get_client_ip(request), request.headers.get("User-Agent", ""))
