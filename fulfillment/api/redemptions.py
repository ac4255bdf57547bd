"""Redeeming rewards and following them, under the names and in the shapes of requirement 004."""

from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.views import APIView

from config.lib.bodies import Category as Region
from config.lib.bodies import Identifier, read_struct
from config.lib.errors import NotFound
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.queries import read_cursor, whole_number, write_cursor
from config.lib.requests import ApiRequest
from fulfillment.api.shapes import REDEMPTION, REDEMPTION_LINE, REDEMPTIONS, redemption_line, redemption_shape
from fulfillment.models.redemptions import Redemption
from fulfillment.selectors.redemptions import find_redemption, redemptions_of
from fulfillment.services.appointments import book_slot
from fulfillment.services.redemptions import QUANTITY_MAX, Wish, cancel, redeem
from fulfillment.services.shipping import set_address
from fulfillment.tasks import nudge
from referrals.models.api_keys import Scope
from referrals.models.merchants import Merchant
from referrals.selectors import as_uuid
from rewards.api.calling import IDEMPOTENCY_KEY, Asking, asking, do_once
from rewards.api.statement import CURSOR_PARAMETER, PAGE_SIZE, PAGE_SIZE_MAX, PAGE_SIZE_PARAMETER, as_json
from rewards.models.catalog import RewardOption

ADDRESS_LINES = r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f]*$(?!\n)"
Address = Annotated[str, msgspec.Meta(min_length=5, max_length=500, pattern=ADDRESS_LINES)]
Quantity = Annotated[int, msgspec.Meta(ge=1, le=QUANTITY_MAX)]


class RedeemBody(msgspec.Struct, frozen=True):
    """Who redeems which reward, and how many of it; where to, if it is sent by post."""

    customer_id: Identifier = msgspec.field(name="customerId")
    reward_id: Identifier = msgspec.field(name="rewardId")
    quantity: Quantity = 1
    address: Annotated[Address | None, msgspec.Meta(description="One line each: name, street, place, country.")] = None
    region: Annotated[Region, msgspec.Meta(description="Where it is delivered, in your own words.")] = ""


class CancelBody(msgspec.Struct, frozen=True):
    """Nothing needs to be said to cancel."""


class AddressBody(msgspec.Struct, frozen=True):
    """Where to."""

    address: Address


class BookingBody(msgspec.Struct, frozen=True):
    """Which slot, by its id."""

    slot: Identifier


class RedeemView(APIView):
    """Redeeming points for a reward."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="redeem_reward",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(RedeemBody)},
        responses={201: REDEMPTION_LINE, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest) -> HttpResponse:
        """Redeem points for a reward: they are held, and the reward is put aside, in one step.

        What needs neither approval nor delivery is fulfilled at once. Codes are shown by the redemption itself.
        """
        body = read_struct(request.data, RedeemBody)

        def act(door: Asking) -> tuple[int, dict[str, Any]]:
            customer = door.customer(body.customer_id)
            wish = Wish(
                customer=customer,
                option=find_option(door.merchant, body.reward_id),
                quantity=body.quantity,
                key=f"api:{door.name}",
                actor=door.actor,
                address=body.address or "",
                region=body.region,
            )
            return 201, redemption_line(redeem(wish=wish, now=door.now))

        answer = do_once(request, act)
        nudge()
        return answer


class CustomerRedemptionsView(APIView):
    """One customer's redemptions."""

    scope = Scope.CREDITS

    @extend_schema(
        operation_id="list_redemptions",
        parameters=[PAGE_SIZE_PARAMETER, CURSOR_PARAMETER],
        responses={200: REDEMPTIONS, **problems(400, 404, 409)},
    )
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """A customer's redemptions, newest first, in pages; `next` leads on, and is null on the last."""
        customer = asking(request).customer(reference)
        list_ = f"redemptions {customer.pk}"
        size = whole_number(request, "page_size", default=PAGE_SIZE, low=1, high=PAGE_SIZE_MAX)
        found = redemptions_of(customer=customer, before=read_cursor(request, of=list_), limit=size + 1)
        next_ = write_cursor(found[size - 1].pk, of=list_) if len(found) > size else None
        return as_json({"redemptions": [redemption_line(each) for each in found[:size]], "next": next_})


class RedemptionView(APIView):
    """One redemption."""

    scope = Scope.CREDITS

    @extend_schema(operation_id="read_redemption", responses={200: REDEMPTION, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """How far a redemption has come, step by step, and what there is to know of it."""
        return as_json(redemption_shape(find_redemption(merchant=request.auth.merchant, reference=reference)))


class RedemptionCancelView(APIView):
    """Cancelling a redemption."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="cancel_redemption",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(CancelBody)},
        responses={200: REDEMPTION_LINE, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Cancel what waits for approval, for its customer: the points go back to where they came from."""
        read_struct(request.data, CancelBody)

        def act(door: Asking) -> tuple[int, dict[str, Any]]:
            redemption = _own(door, reference)
            cancel(redemption_id=redemption.pk, now=door.now)
            return 200, redemption_line(find_redemption(merchant=door.merchant, reference=reference))

        return do_once(request, act)


class RedemptionAddressView(APIView):
    """Where a redemption is sent to."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="set_redemption_address",
        request={"application/json": shape_of(AddressBody)},
        responses={200: REDEMPTION, **problems(*WITH_A_BODY, 404, 409)},
    )
    def put(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Say where to, or where to instead, until it is sent."""
        body = read_struct(request.data, AddressBody)
        door = asking(request)
        set_address(redemption_id=_own(door, reference).pk, address=body.address, now=door.now)
        return as_json(redemption_shape(find_redemption(merchant=door.merchant, reference=reference)))


class RedemptionAppointmentView(APIView):
    """The appointment of a redemption."""

    scope = Scope.POINTS

    @extend_schema(
        operation_id="book_appointment",
        request={"application/json": shape_of(BookingBody)},
        responses={200: REDEMPTION, **problems(*WITH_A_BODY, 404, 409)},
    )
    def put(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Book a slot, in place of the one that is booked."""
        body = read_struct(request.data, BookingBody)
        door = asking(request)
        slot = as_uuid(body.slot)
        if slot is None:
            raise NotFound(_("There is no such slot."))
        book_slot(redemption_id=_own(door, reference).pk, slot=slot, now=door.now)
        return as_json(redemption_shape(find_redemption(merchant=door.merchant, reference=reference)))


def find_option(merchant: Merchant, code: str) -> RewardOption:
    """A reward option by its code.

    :raises NotFound: if the merchant has no such option.
    """
    option = RewardOption.objects.select_related("reward_type").filter(merchant=merchant, code=code).first()
    if option is None:
        raise NotFound(_("There is no such reward."))
    return option


def _own(door: Asking, reference: str) -> Redemption:
    return find_redemption(merchant=door.merchant, reference=reference)
