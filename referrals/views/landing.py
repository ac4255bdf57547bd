"""Where a shared link leads: an invitation that names the friend, and the way on from there."""

import io
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
from allauth.account.adapter import get_adapter
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.lib.pages import PageRequest
from referrals.models.codes import ReferralCode
from referrals.models.destinations import Destination, DestinationKind
from referrals.models.links import Channel, ShareLink
from referrals.selectors import live_code, shown_first_name
from referrals.services.clicks import Visit, follow_link, read_channel
from referrals.services.codes import is_slip, normalise_code
from referrals.views.remembering import remember_touch
from referrals.views.whose import forget_choice, merchant_of_host

QR_PIXELS = 8
QR_TYPES = {"svg": "image/svg+xml", "png": "image/png"}


@require_safe
def landing(request: PageRequest, code: str, destination: str = "") -> HttpResponse:
    """Invite a friend: by whom, to what, with which code. Their browser remembers the code for 90 days.

    An unknown code, a mistyped one, one that is over and, at a merchant's host, one of another merchant all look the
    same; so does a place that is not open.
    """
    live = _live(request, code)
    request.merchant = live.merchant
    place = _open_place(live, destination) if destination else None
    channel = read_channel(request.GET.get("via", ""))
    link = _follow(request, live, place, channel)
    onward = place or _home_of(live)
    context = {
        "code": live,
        "merchant": live.merchant,
        "friend": shown_first_name(live.customer),
        "destination": onward,
        "onward": onward and f"{reverse('onward', args=[live, onward])}?{urlencode({'via': channel})}",
        "page_url": request.build_absolute_uri(request.path),
    }
    response = render(request, "referrals/landing.html", context)
    if link is not None:
        forget_choice(request)
        remember_touch(response, link=link, now=timezone.now())
    return _unreferred(response)


@require_safe
def onward(request: HttpRequest, code: str, destination: str) -> HttpResponse:
    """Send a friend on to a destination, and tell its site by which code and link they come."""
    live = _live(request, code)
    place = _open_place(live, destination)
    channel = read_channel(request.GET.get("via", ""))
    link = ShareLink.objects.filter(code=live, destination=place, channel=channel).first()
    told = {"referral_code": str(live), "utm_source": channel.value, "utm_medium": "referral"}
    if link is not None:
        told["referral_link"] = str(link.uuid)
    parts = urlsplit(place.url)
    query = "&".join(part for part in (parts.query, urlencode(told)) if part)
    return _unreferred(HttpResponseRedirect(urlunsplit(parts._replace(query=query))))


@require_safe
def qr(request: HttpRequest, code: str, extension: str) -> HttpResponse:
    """The link of a code as a picture to be photographed."""
    live = _live(request, code)
    url = f"{request.build_absolute_uri(reverse('landing', args=[live]))}?{urlencode({'via': Channel.QR})}"
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(picture, kind=extension, scale=QR_PIXELS)
    return HttpResponse(picture.getvalue(), content_type=QR_TYPES[extension])


def _live(request: HttpRequest, code: str) -> ReferralCode:
    typed = normalise_code(code)
    live = None if is_slip(typed) else live_code(code=typed, now=timezone.now())
    if live is None or merchant_of_host(request) not in {None, live.merchant}:
        raise Http404
    return live


def _open_place(code: ReferralCode, slug: str) -> Destination:
    return get_object_or_404(Destination, merchant=code.merchant_id, slug=slug, is_open=True)


def _home_of(code: ReferralCode) -> Destination | None:
    sites = Destination.objects.filter(merchant=code.merchant_id, kind=DestinationKind.SITE, is_open=True)
    return sites.order_by("pk").first()


def _follow(request: HttpRequest, code: ReferralCode, place: Destination | None, channel: Channel) -> ShareLink | None:
    """Record that a person opens the page; what only fetches it ahead opens nothing."""
    if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return None
    headers = request.headers
    address, agent = get_adapter().get_client_ip(request), headers.get("User-Agent", "")
    visit = Visit(address, agent, headers.get("Referer", ""))
    return follow_link(code=code, destination=place, channel=channel, visit=visit, now=timezone.now())


def _unreferred(response: HttpResponse) -> HttpResponse:
    """Let no other site learn the code from where its visitors come."""
    response["Referrer-Policy"] = "no-referrer"
    return response
