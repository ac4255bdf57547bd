"""What pages have in common: each is about a merchant, and most are about one of its customers."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeAlias
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from config.lib.problems import problem_response, refusal

P = ParamSpec("P")


class PageRequest(HttpRequest):
    """A request for a page.

    `merchant` and `customer` are looked up when they are first used, and are false where there is none. A view behind
    `merchant_required` has a merchant, one behind `customer_required` both.
    """

    merchant: Any
    customer: Any
    user: Any


View: TypeAlias = Callable[Concatenate[PageRequest, P], HttpResponseBase]


def merchant_required(view: View[P]) -> View[P]:
    """Open a page only where it is clear which merchant it is about; elsewhere the reader chooses one first.

    Its dates and hours are the merchant's.
    """

    @wraps(view)
    def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.merchant:
            return _on_the_way("merchants", request)
        with timezone.override(request.merchant.time_zone):
            return view(request, *args, **kwargs)

    return guarded


def customer_required(view: View[P]) -> View[P]:
    """Open a page only to customers of the merchant: others sign in, or join, and come back.

    What it answers is for this customer alone, and no cache between us keeps it.
    """

    @wraps(view)
    def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.customer:
            return _on_the_way("join", request)
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True)
        return response

    return merchant_required(guarded)


def json_for_customer(view: View[P]) -> View[P]:
    """Answer a signed-in customer of the merchant in JSON; whoever is none, and whatever is refused, with a problem."""

    @wraps(view)
    def guarded(request: PageRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return problem_response(request, status=401, detail=_("Sign in first."))
        if not request.customer:
            return problem_response(request, status=403, detail=_("You are no customer of this merchant."))
        response: HttpResponseBase
        try:
            response = view(request, *args, **kwargs)
        except DomainError as error:
            response = refusal(request, error)
        patch_cache_control(response, private=True)
        return response

    return guarded


def private_picture(content: bytes) -> HttpResponse:
    """A JPEG that only whoever asked may see; it never changes."""
    return HttpResponse(
        content,
        content_type="image/jpeg",
        headers={"Cache-Control": "private, max-age=3600, immutable", "Content-Disposition": "inline"},
    )


def way_on(request: HttpRequest, otherwise: str = "/") -> str:
    """Where the reader wanted to go (`next`), if that is here."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_here = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_here else otherwise


def _on_the_way(name: str, request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode({'next': request.get_full_path()})}")
