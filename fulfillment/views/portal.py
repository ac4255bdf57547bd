"""The portal of technicians: what they have to do, and doing it. Made for a phone in one hand."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config.lib.errors import DomainError, NotFound
from config.lib.pages import PageRequest, private_picture
from fulfillment.forms import GiveUpForm, PhotoForm, RepairForm, WordsForm
from fulfillment.models.assignments import Assignment
from fulfillment.models.technicians import Technician
from fulfillment.selectors.jobs import done_jobs, find_job, open_jobs, repairs_for, technicians_of
from fulfillment.selectors.photos import find_photo, photos_of
from fulfillment.selectors.prices import needs_repair
from fulfillment.selectors.redemptions import repair_of
from fulfillment.services.fulfilment import complete_job, enter_repair, give_up_job, start_job, write_note
from fulfillment.services.notifications.push import public_key
from fulfillment.services.photos import BYTES_MAX, NoPicture, add_photo
from fulfillment.services.repairs import Confirmed
from fulfillment.services.service_records import Told
from fulfillment.tasks import nudge
from referrals.models.users import User

View = Callable[..., HttpResponse]


def technician_required(view: View) -> View:
    """Open a page only to technicians, at a merchant's host only to its own; the view is told as whom they work."""

    @wraps(view)
    def guarded(request: PageRequest, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        technicians = technicians_of(user=cast("User", request.user), merchant=request.merchant or None)
        if not technicians:
            raise PermissionDenied
        with timezone.override(technicians[0].merchant.time_zone):
            response = view(request, technicians, **kwargs)
        patch_cache_control(response, private=True)
        return response

    return guarded


@technician_required
@require_safe
def portal(request: PageRequest, technicians: list[Technician]) -> HttpResponse:
    """What there is to do, and what was done last."""
    context = {
        "jobs": open_jobs(technicians=technicians),
        "done": done_jobs(technicians=technicians),
        "push_key": public_key(),
    }
    return render(request, "fulfillment/portal.html", context)


@technician_required
@require_safe
def job(request: PageRequest, technicians: list[Technician], uuid: UUID) -> HttpResponse:
    """One job: what is to be delivered, and to what it can be applied, with the price before and after."""
    found = _find(technicians, uuid)
    context = {
        "job": found,
        "redemption": found.redemption,
        "repairs": repairs_for(job=found),
        "applied": repair_of(found.redemption),
        "needs_repair": needs_repair(found.redemption),
        "currency": found.merchant.currency,
        "notes": [note for note in found.redemption.notes.all() if not note.is_for_customer],
        "giving_up": GiveUpForm(),
        "words": WordsForm(),
        "photos": photos_of(found.redemption),
        "photo": PhotoForm(),
        "repair": RepairForm(currency=found.merchant.currency),
    }
    return render(request, "fulfillment/job.html", context)


@technician_required
@require_POST
def job_start(request: PageRequest, technicians: list[Technician], uuid: UUID) -> HttpResponse:
    """Say that one is at it."""
    found = _find(technicians, uuid)
    return _act(
        request, found, _("Begun."), lambda: start_job(job=uuid, technician=found.technician, now=timezone.now())
    )


@technician_required
@require_POST
def job_complete(request: PageRequest, technicians: list[Technician], uuid: UUID) -> HttpResponse:
    """Say that it is done; of a repair, which one, and the price that was seen."""
    found, form = _find(technicians, uuid), WordsForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    reference, price = request.POST.get("reference", ""), request.POST.get("price_after", "")
    repair = Confirmed(reference, int(price)) if reference and price.isascii() and price.isdecimal() else None
    return _act(
        request,
        found,
        _("Done. Thank you!"),
        lambda: complete_job(job=uuid, technician=found.technician, repair=repair, words=words, now=timezone.now()),
    )


@technician_required
@require_POST
def job_give_up(request: PageRequest, technicians: list[Technician], uuid: UUID) -> HttpResponse:
    """Decline it before it was begun; or say that it could not be done."""
    found, form = _find(technicians, uuid), GiveUpForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why."))
        return _back(found)
    try:
        give_up_job(
            job=uuid,
            technician=found.technician,
            reason=form.cleaned_data["reason"],
            words=form.cleaned_data["words"],
            has_begun=found.started_at is not None,
            now=timezone.now(),
        )
    except DomainError as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, _("It is no longer yours."))
        nudge()
    return HttpResponseRedirect(reverse("portal"))


@technician_required
@require_POST
def job_note(request: PageRequest, technicians: list[Technician], uuid: UUID) -> HttpResponse:
    """Write something down for colleagues."""
    found, form = _find(technicians, uuid), WordsForm(request.POST)

    def act() -> None:
        if not form.is_valid() or not form.cleaned_data["words"]:
            raise NotFound(_("Write something first."))
        write_note(job=uuid, technician=found.technician, words=form.cleaned_data["words"], now=timezone.now())

    return _act(request, found, _("Written down."), act)


@technician_required
@require_POST
def job_repair(request: PageRequest, technicians: list[Technician], uuid: UUID) -> HttpResponse:
    """Enter a repair that the repair system has not told of; nothing is applied to it by that."""
    found = _find(technicians, uuid)
    form = RepairForm(request.POST, currency=found.merchant.currency)

    def act() -> None:
        if not form.is_valid():
            raise NotFound(_("Name the repair and its price."))
        said = form.cleaned_data
        told = Told(said["reference"], said["kind"], said["amount"])
        enter_repair(job=uuid, technician=found.technician, told=told, now=timezone.now())

    return _act(request, found, _("It is here now: see what the reward makes of its price."), act)


@technician_required
@require_POST
def job_photo_add(request: PageRequest, technicians: list[Technician], uuid: UUID) -> HttpResponse:
    """Keep a photo of what was done."""
    found, form = _find(technicians, uuid), PhotoForm(request.POST, request.FILES)

    def act() -> None:
        if not form.is_valid() or form.cleaned_data["photo"].size > BYTES_MAX:
            raise NoPicture
        content = form.cleaned_data["photo"].read()
        add_photo(job=uuid, technician=found.technician, content=content, now=timezone.now())

    return _act(request, found, _("The photo is here."), act)


@technician_required
@require_safe
def job_photo(request: PageRequest, technicians: list[Technician], uuid: UUID, photo: UUID) -> HttpResponse:
    """One photo of a job.

    :raises Http404: if the job has no such photo.
    """
    try:
        found = find_photo(redemption=_find(technicians, uuid).redemption, uuid=photo)
    except NotFound as error:
        raise Http404 from error
    return private_picture(found.content)


def _find(technicians: list[Technician], uuid: UUID) -> Assignment:
    try:
        return find_job(technicians=technicians, uuid=uuid)
    except NotFound as error:
        raise Http404 from error


def _act(request: PageRequest, found: Assignment, done: str, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except DomainError as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, done)
    return _back(found)


def _back(found: Assignment) -> HttpResponse:
    return HttpResponseRedirect(reverse("job", kwargs={"uuid": found.uuid}))
