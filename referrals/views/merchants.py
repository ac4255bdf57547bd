"""Choosing the merchant whose pages one wants to see."""

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from config.lib.pages import PageRequest, way_on
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.views.whose import choose_merchant, merchant_of_host


class Door(NamedTuple):
    """A merchant, and the address of its pages; without one it is chosen for the session."""

    merchant: Merchant
    url: str


@require_http_methods(["GET", "HEAD", "POST"])
def merchants(request: PageRequest) -> HttpResponse:
    """Offer the merchants, those first whose customer the reader is.

    At a merchant's own host the others are links to theirs; elsewhere what is chosen stays in the session.
    """
    if request.method == "POST":
        choose_merchant(request, get_object_or_404(Merchant, slug=request.POST.get("merchant", "")))
        return HttpResponseRedirect(way_on(request, reverse("home")))
    joined: set[int] = set()
    if request.user.is_authenticated:
        joined.update(Customer.objects.filter(user=request.user).values_list("merchant", flat=True))
    doors = _doors(request)
    context = {
        "yours": [door for door in doors if door.merchant.pk in joined],
        "others": [door for door in doors if door.merchant.pk not in joined],
        "next": way_on(request, ""),
    }
    return render(request, "referrals/merchants.html", context)


def _doors(request: HttpRequest) -> list[Door]:
    everyone = Merchant.objects.order_by("name")
    if merchant_of_host(request) is None:
        return [Door(merchant, "") for merchant in everyone]
    _, colon, port = request.get_host().partition(":")
    return [
        Door(merchant, f"{request.scheme}://{merchant.domain}{colon}{port}/")
        for merchant in everyone.exclude(domain=None)
    ]
