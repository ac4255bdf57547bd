"""Pages on which customers redeem, and follow what they redeemed; and the endpoints of requirement 002 for the same."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config.lib.errors import DomainError, Invalid, NotFound
from config.lib.ids import uuid7
from config.lib.pages import PageRequest, customer_required, json_for_customer, private_picture, way_on
from config.lib.queries import QueryInvalid, read_cursor, write_cursor
from fulfillment.forms import AddressForm, RedeemForm
from fulfillment.models.redemptions import LIVE, Redemption, Status
from fulfillment.selectors.photos import find_photo, photos_of
from fulfillment.selectors.redemptions import (
    appointment_of,
    codes_of,
    open_slots,
    parcel_of,
    redemptions_of,
    repair_of,
    steps_of,
    with_all,
    words_for_customer,
)
from fulfillment.services.appointments import book_slot
from fulfillment.services.moving import CUSTOMER
from fulfillment.services.redemptions import Wish, cancel, redeem
from fulfillment.services.shipping import set_address
from fulfillment.tasks import nudge
from referrals.selectors import as_uuid, of_person
from rewards.models.catalog import RewardOption

PAGE_SIZE = 25


@customer_required
@require_safe
def redemptions(request: PageRequest) -> HttpResponse:
    """What one redeemed, newest first, and how far each has come.

    :raises Http404: if the cursor is none of this list.
    """
    list_ = f"redemptions:{request.customer.pk}"
    try:
        before = read_cursor(request, of=list_)
    except QueryInvalid as error:
        raise Http404 from error
    found = redemptions_of(customer=request.customer, before=before, limit=PAGE_SIZE + 1)
    shown = found[:PAGE_SIZE]
    context = {
        "redemptions": shown,
        "is_first": before is None,
        "next": write_cursor(shown[-1].pk, of=list_) if len(found) > PAGE_SIZE else "",
    }
    return render(request, "fulfillment/redemptions.html", context)


@customer_required
@require_safe
def redemption(request: PageRequest, uuid: UUID) -> HttpResponse:
    """One redemption: its steps with their times, its code, parcel or appointment, and what can be done about it."""
    found = _own(request, uuid)
    return render(
        request,
        "fulfillment/redemption.html",
        {
            "redemption": found,
            "steps": steps_of(found),
            "codes": codes_of(found),
            "parcel": parcel_of(found),
            "appointment": appointment_of(found),
            "repair": repair_of(found),
            "words": words_for_customer(found),
            "can_cancel": found.status == Status.PENDING,
            "address": AddressForm() if found.shipping_required and found.status in LIVE else None,
            "photos": photos_of(found),
            "slots": open_slots(found, now=timezone.now()),
        },
    )


@customer_required
@require_safe
def redemption_photo(request: PageRequest, uuid: UUID, photo: UUID) -> HttpResponse:
    """One photo of what was done for the reader.

    :raises Http404: if there is no such photo.
    """
    try:
        found = find_photo(redemption=_own(request, uuid), uuid=photo)
    except NotFound as error:
        raise Http404 from error
    return private_picture(found.content)


@customer_required
@require_safe
def redeeming(request: PageRequest, code: str) -> HttpResponse:
    """Confirm what will be redeemed, and what it costs; the form can be sent once, however often it is."""
    option = get_object_or_404(RewardOption, merchant=request.merchant, code=code, points_required__isnull=False)
    form = RedeemForm(initial={"reward": option.code, "token": uuid7(), "quantity": 1})
    return render(request, "fulfillment/redeeming.html", {"option": option, "form": form})


@require_POST
@json_for_customer
def redeem_reward(request: PageRequest) -> HttpResponse:
    """Redeem points for a reward (requirement 002); a form that names a page in `next` leads to the redemption.

    The fields are `reward` (its code), `quantity`, `address` and `token`, by which a repetition is known.

    :raises NotFound: if there is no such reward.
    :raises Invalid: naming the fields that cannot be read; a page names them beside the fields.
    """
    form = RedeemForm(request.POST)
    back = way_on(request, "")
    try:
        option = _option_of(request, form)
        if back and not form.is_valid():
            return render(request, "fulfillment/redeeming.html", {"option": option, "form": form}, status=400)
        done = _redeem(request, option, form)
    except DomainError as refused:
        if back:
            messages.error(request, refused.detail)
            return HttpResponseRedirect(back)
        raise
    nudge()
    url = reverse("redemption-page", args=[done.uuid])
    if back:
        messages.success(request, _("It is yours.") if done.status == Status.FULFILLED else _("It is on its way."))
        return HttpResponseRedirect(url)
    return JsonResponse({"id": str(done.uuid), "status": done.status, "points": done.points, "url": url}, status=201)


@customer_required
@require_POST
def cancel_redemption(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Cancel what waits for approval."""

    def act(found: Redemption) -> None:
        cancel(redemption_id=found.pk, now=timezone.now())

    return _act(request, uuid, act, _("It is cancelled, and your points are back."))


@customer_required
@require_POST
def address_redemption(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Say where to."""
    form = AddressForm(request.POST)

    def act(found: Redemption) -> None:
        if not form.is_valid():
            raise NotFound(_("Write down where it shall go."))
        set_address(redemption_id=found.pk, address=form.cleaned_data["address"], now=timezone.now())

    return _act(request, uuid, act, _("It will go there."))


@customer_required
@require_POST
def book_redemption(request: PageRequest, uuid: UUID) -> HttpResponse:
    """Book a slot, in place of the one that is booked."""

    def act(found: Redemption) -> None:
        slot = as_uuid(request.POST.get("slot", ""))
        if slot is None:
            raise NotFound(_("Choose a time."))
        book_slot(redemption_id=found.pk, slot=slot, now=timezone.now())

    return _act(request, uuid, act, _("You are expected then."))


def _option_of(request: PageRequest, form: RedeemForm) -> RewardOption:
    wanted = None if "reward" in form.errors else form.cleaned_data["reward"]
    option = RewardOption.objects.filter(merchant=request.merchant, code=wanted).first()
    if option is None:
        raise NotFound(_("There is no such reward."))
    return option


def _redeem(request: PageRequest, option: RewardOption, form: RedeemForm) -> Redemption:
    if not form.is_valid():
        raise Invalid(_("Something has to be put right first."), errors=_mistakes_of(form))
    asked: dict[str, Any] = form.cleaned_data
    wish = Wish(
        customer=request.customer,
        option=option,
        quantity=asked["quantity"],
        key=f"page:{request.customer.pk}:{asked['token'] or uuid7()}",
        actor=CUSTOMER,
        address=asked["address"],
    )
    return redeem(wish=wish, now=timezone.now())


def _mistakes_of(form: RedeemForm) -> list[dict[str, str]]:
    mistakes = form.errors.get_json_data().items()
    return [
        {"pointer": f"/{field}", "code": each["code"], "detail": each["message"]}
        for field, found in mistakes
        for each in found
    ]


def _own(request: PageRequest, uuid: UUID) -> Redemption:
    return get_object_or_404(with_all(Redemption.objects.filter(of_person(request.customer.pk))), uuid=uuid)


def _act(request: PageRequest, uuid: UUID, act: Any, done: str) -> HttpResponse:
    found = _own(request, uuid)
    try:
        act(found)
    except DomainError as refused:
        messages.error(request, refused.detail)
    else:
        messages.success(request, done)
    return HttpResponseRedirect(reverse("redemption-page", args=[found.uuid]))
