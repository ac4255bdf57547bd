"""Waking a browser: it says yes on a page, and a script of ours shows what it is woken for."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from config.lib.errors import DomainError, Invalid
from config.lib.pages import PageRequest, json_for_customer
from config.lib.problems import refusal
from fulfillment.forms import PushForm
from fulfillment.models.technicians import Technician
from fulfillment.services.notifications.browsers import forget_browser, subscribe_push
from fulfillment.views.portal import technician_required
from referrals.models.customers import Customer


@require_safe
def service_worker(request: PageRequest) -> HttpResponse:
    """The script that shows notifications; it stands at the root, because it is for all of a merchant's pages."""
    return render(request, "fulfillment/service-worker.js", content_type="text/javascript; charset=utf-8")


@require_POST
@json_for_customer
def push_subscribe(request: PageRequest) -> HttpResponse:
    """Wake this browser from now on.

    :raises Invalid: if it cannot be woken.
    """
    return _subscribe(request, request.customer)


@require_POST
@json_for_customer
def push_forget(request: PageRequest) -> HttpResponse:
    """Wake this browser no longer."""
    return _forget(request, request.customer)


@technician_required
@require_POST
def portal_push_subscribe(request: PageRequest, technicians: list[Technician]) -> HttpResponse:
    """Wake this browser for new jobs, for whichever merchant they are."""
    try:
        return _subscribe(request, technicians[0])
    except DomainError as error:
        return refusal(request, error)


@technician_required
@require_POST
def portal_push_forget(request: PageRequest, technicians: list[Technician]) -> HttpResponse:
    """Wake this browser for jobs no longer."""
    return _forget(request, technicians[0])


def _subscribe(request: PageRequest, reader: Customer | Technician) -> HttpResponse:
    form = PushForm(request.POST)
    if not form.is_valid():
        raise Invalid(gettext("The browser did not say how it is woken."))
    subscribe_push(reader=reader, **form.cleaned_data, now=timezone.now())
    return JsonResponse({}, status=201)


def _forget(request: PageRequest, reader: Customer | Technician) -> HttpResponse:
    forget_browser(reader=reader, endpoint=request.POST.get("endpoint", ""))
    return JsonResponse({})
