"""Which merchant and which customer a page is about.

The merchant is that of the host; elsewhere the one that was chosen, then that of the code that was followed, then the
one whose customer the signed-in person is, if there is only one. What is chosen stays in the session.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.request import split_domain_port
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from config.lib.briefly import Briefly
from config.lib.pages import PageRequest
from config.lib.remembering import read_cookie
from config.lib.rows import only_row
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.selectors import live_code

CHOSEN = "merchant"


class WhoseMiddleware:
    """Lets every request tell its merchant and its customer; one that does not ask costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: PageRequest) -> HttpResponse:
        request.merchant = SimpleLazyObject(lambda: _merchant_of(request))
        request.customer = SimpleLazyObject(lambda: _customer_of(request))
        return self.get_response(request)


def merchant_of_host(request: HttpRequest) -> Merchant | None:
    """The merchant at whose host the request arrived."""
    host, _ = split_domain_port(request.get_host())
    return _merchants(host)


def _merchant_at(host: str) -> Merchant | None:
    return Merchant.objects.filter(domain=host).first()


_merchants = Briefly(_merchant_at)


def choose_merchant(request: HttpRequest, merchant: Merchant) -> None:
    """Let pages at a host of nobody be about this merchant from now on."""
    request.session[CHOSEN] = merchant.pk


def forget_choice(request: HttpRequest) -> None:
    """Let the code that was followed now decide, whatever was chosen before."""
    request.session.pop(CHOSEN, None)


def _merchant_of(request: HttpRequest) -> Merchant | None:
    return merchant_of_host(request) or _chosen(request) or _invites(request) or _only_one(request)


def _chosen(request: HttpRequest) -> Merchant | None:
    chosen = request.session.get(CHOSEN)
    return Merchant.objects.filter(pk=chosen).first() if chosen else None


def _invites(request: HttpRequest) -> Merchant | None:
    followed = read_cookie(request)
    code = live_code(code=followed.code, now=timezone.now()) if followed else None
    return code.merchant if code else None


def _only_one(request: HttpRequest) -> Merchant | None:
    if not request.user.is_authenticated:
        return None
    customers = Customer.objects.filter(user=request.user).select_related("merchant")[:2]
    return customers[0].merchant if len(customers) == 1 else None


def _customer_of(request: PageRequest) -> Customer | None:
    if not (request.user.is_authenticated and request.merchant):
        return None
    own = Customer.objects.filter(user=request.user, merchant=request.merchant)
    return only_row(own.select_related("merchant"))
