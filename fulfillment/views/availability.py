"""When technicians work, and when they do not: they say it themselves, on a page of the portal."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config.lib.errors import DomainError
from config.lib.pages import PageRequest
from fulfillment.forms import TimeOffForm, WeekForm
from fulfillment.models.technicians import Technician
from fulfillment.selectors.availability import coming_time_off, week_of
from fulfillment.services.working_times import add_hours, give_up_time_off, remove_hours, take_time_off
from fulfillment.views.portal import technician_required


@technician_required
@require_safe
def availability(request: PageRequest, technicians: list[Technician]) -> HttpResponse:
    """The weekly hours and the coming time off, for each merchant for whom this person works."""
    return _page(request, technicians)


@technician_required
@require_POST
def hours_add(request: PageRequest, technicians: list[Technician]) -> HttpResponse:
    """Say at which hours of the week one works."""
    return _add(request, technicians, WeekForm, add_hours)


@technician_required
@require_POST
def hours_remove(request: PageRequest, technicians: list[Technician], hours_id: int) -> HttpResponse:
    """Say that one does not work at some hours any more."""
    for technician in technicians:
        remove_hours(technician=technician, hours_id=hours_id)
    return _back()


@technician_required
@require_POST
def time_off_add(request: PageRequest, technicians: list[Technician]) -> HttpResponse:
    """Take days off."""
    return _add(request, technicians, TimeOffForm, take_time_off)


@technician_required
@require_POST
def time_off_remove(request: PageRequest, technicians: list[Technician], time_off_id: int) -> HttpResponse:
    """Work on these days after all."""
    for technician in technicians:
        give_up_time_off(technician=technician, time_off_id=time_off_id)
    return _back()


def _add(request: PageRequest, technicians: list[Technician], kind: type[Form], service: Any) -> HttpResponse:
    """Do what a form says; what is wrong with it is said in the form.

    :raises Http404: if the form is for somebody else.
    """
    whose = [technician for technician in technicians if str(technician.pk) == request.POST.get("technician")]
    if not whose:
        raise Http404
    form = kind(request.POST, auto_id=f"{whose[0].pk}-%s")
    if form.is_valid():
        try:
            service(technician=whose[0], **form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, refused.detail)
        else:
            messages.success(request, _("This is when you work."))
            return _back()
    return _page(request, technicians, {(whose[0].pk, kind): form})


def _page(
    request: PageRequest, technicians: list[Technician], filled_in: dict[tuple[int, type[Form]], Form] | None = None
) -> HttpResponse:
    def form(technician: Technician, kind: type[Form]) -> Form:
        return (filled_in or {}).get((technician.pk, kind)) or kind(auto_id=f"{technician.pk}-%s")

    works = [
        {
            "technician": technician,
            "week": [(WEEKDAYS[weekday], times) for weekday, times in week_of(technician)],
            "time_off": coming_time_off(technician, today=timezone.localdate()),
            "hours_form": form(technician, WeekForm),
            "time_off_form": form(technician, TimeOffForm),
        }
        for technician in technicians
    ]
    return render(request, "fulfillment/availability.html", {"works": works})


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("availability"))
