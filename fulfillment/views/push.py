"""Waking a browser: it says yes on the page of settings, and a script of ours shows what it is woken for."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from config.lib.errors import Invalid
from config.lib.pages import PageRequest, json_for_customer
from fulfillment.forms import PushForm
from fulfillment.services.notifications.inbox import forget_browser, subscribe_push


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
    form = PushForm(request.POST)
    if not form.is_valid():
        raise Invalid(gettext("The browser did not say how it is woken."))
    subscribe_push(customer=request.customer, **form.cleaned_data, now=timezone.now())
    return JsonResponse({}, status=201)


@require_POST
@json_for_customer
def push_forget(request: PageRequest) -> HttpResponse:
    """Wake this browser no longer."""
    forget_browser(customer=request.customer, endpoint=request.POST.get("endpoint", ""))
    return JsonResponse({})
