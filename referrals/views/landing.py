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

from config.lib.limits import place_of
from config.lib.pages import PageRequest
from config.lib.remembering import Remembered, read_cookie, write_cookie
from referrals.models.codes import ReferralCode
from referrals.models.destinations import Destination
from referrals.models.links import Channel, ShareLink
from referrals.models.merchants import DecisiveTouch
from referrals.selectors import as_uuid, home_destination, live_code, shown_first_name
from referrals.selectors.sharing import link_path
from referrals.services.clicks import Visit, follow_link, read_channel
from referrals.services.codes import is_slip, normalise_code
from referrals.services.invitations import note_click
from referrals.services.limits import guessing
from referrals.services.touches import store_touch
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
    if link is not None and (invitation := as_uuid(request.GET.get("invitation", ""))):
        note_click(invitation=invitation, code=live, now=timezone.now())
    onward = place or home_destination(merchant=live.merchant)
    context = {
        "code": live,
        "merchant": live.merchant,
        "friend": shown_first_name(live.customer),
        "destination": onward,
        "onward": onward and f"{reverse('onward', args=[live, onward])}?{urlencode({'via': channel})}",
        "join": f"{_door(request)}?{urlencode(_told(live, link))}",
        "page_url": request.build_absolute_uri(request.path),
    }
    response = render(request, "referrals/landing.html", context)
    if link is not None:
        _remember(request, response, link)
    return _unreferred(response)


@require_safe
def onward(request: HttpRequest, code: str, destination: str) -> HttpResponse:
    """Send a friend on to a destination, and tell its site by which code and link they come."""
    live = _live(request, code)
    place = _open_place(live, destination)
    channel = read_channel(request.GET.get("via", ""))
    link = ShareLink.objects.filter(code=live, destination=place, channel=channel).first()
    told = {**_told(live, link), "utm_source": channel.value, "utm_medium": "referral"}
    parts = urlsplit(place.url)
    query = "&".join(part for part in (parts.query, urlencode(told)) if part)
    return _unreferred(HttpResponseRedirect(urlunsplit(parts._replace(query=query))))


@require_safe
def qr(request: HttpRequest, code: str, extension: str, destination: str = "") -> HttpResponse:
    """The link of a code as a picture to be photographed."""
    live = _live(request, code)
    place = _open_place(live, destination) if destination else None
    url = request.build_absolute_uri(link_path(code=live, destination=place, channel=Channel.QR))
    picture = io.BytesIO()
    segno.make(url, error="m", micro=False).save(picture, kind=extension, scale=QR_PIXELS)
    return HttpResponse(picture.getvalue(), content_type=QR_TYPES[extension])


def _live(request: HttpRequest, code: str) -> ReferralCode:
    typed = normalise_code(code)
    with guessing(place_of(request)):
        live = None if is_slip(typed) else live_code(code=typed, now=timezone.now())
        if live is None or merchant_of_host(request) not in {None, live.merchant}:
            raise Http404
    return live


def _open_place(code: ReferralCode, slug: str) -> Destination:
    return get_object_or_404(Destination, merchant=code.merchant_id, slug=slug, is_open=True)


def _follow(request: HttpRequest, code: ReferralCode, place: Destination | None, channel: Channel) -> ShareLink | None:
    """Record that a person opens the page; what only fetches it ahead opens nothing."""
    if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return None
    headers = request.headers
    address, agent = get_adapter().get_client_ip(request), headers.get("User-Agent", "")
    visit = Visit(address, agent, headers.get("Referer", ""))
    return follow_link(code=code, destination=place, channel=channel, visit=visit, now=timezone.now())


def _door(request: HttpRequest) -> str:
    """Where one joins: with the login that one has, or with a new one."""
    return reverse("join" if request.user.is_authenticated else "account_signup")


def _told(code: ReferralCode, link: ShareLink | None) -> dict[str, str]:
    """What a page that is gone on to learns of how one came."""
    return {"referral_code": str(code), **({"referral_link": str(link.uuid)} if link else {})}


def _remember(request: PageRequest, response: HttpResponse, link: ShareLink) -> None:
    """Let the browser remember the link, and the profile of a customer whom nobody has brought.

    Where the first touch counts, what the browser remembers of this merchant already stays.
    """
    forget_choice(request)
    now, merchant = timezone.now(), link.code.merchant
    if request.customer:
        store_touch(customer=request.customer, link=link, now=now)
    before = read_cookie(request) if merchant.decisive_touch == DecisiveTouch.FIRST else None
    earlier = live_code(code=before.code, now=now) if before else None
    if earlier is None or earlier.merchant != merchant:
        write_cookie(response, Remembered(link.code.code, link.uuid, now))


def _unreferred(response: HttpResponse) -> HttpResponse:
    """Let no other site learn the code from where its visitors come."""
    response["Referrer-Policy"] = "no-referrer"
    return response
