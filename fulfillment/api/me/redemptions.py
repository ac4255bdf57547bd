"""The signed-in customer redeems, and follows what they redeemed."""

from typing import Annotated

import msgspec
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from config.lib.bodies import Identifier, read_struct
from config.lib.errors import NotFound
from config.lib.idempotency import call_of
from config.lib.me import CustomerView
from config.lib.openapi import TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.queries import read_cursor, whole_number, write_cursor
from fulfillment.api.redemptions import Address, AddressBody, BookingBody, Quantity, find_option
from fulfillment.api.shapes import MOMENT, REDEMPTION, REDEMPTION_LINE, REDEMPTIONS, redemption_line, redemption_shape
from fulfillment.models.redemptions import Redemption, Status
from fulfillment.selectors.redemptions import find_own_redemption, open_slots, redemptions_of
from fulfillment.services.appointments import book_slot
from fulfillment.services.moving import CUSTOMER
from fulfillment.services.redemptions import Wish, cancel, redeem
from fulfillment.services.shipping import set_address
from fulfillment.tasks import nudge
from referrals.selectors import as_uuid
from rewards.api.calling import IDEMPOTENCY_KEY
from rewards.api.statement import CURSOR_PARAMETER, PAGE_SIZE, PAGE_SIZE_MAX, PAGE_SIZE_PARAMETER, as_json

_SLOT = object_of(id=TEXT, starts_at=MOMENT, ends_at=MOMENT)
OWN_REDEMPTION = object_of(
    **REDEMPTION["properties"], can_cancel={"type": "boolean"}, slots={"type": "array", "items": _SLOT}
)


class WishBody(msgspec.Struct, frozen=True):
    """Which reward, and how many of it; where to, if it is sent by post."""

    reward_id: Identifier = msgspec.field(name="rewardId")
    quantity: Quantity = 1
    address: Annotated[Address | None, msgspec.Meta(description="One line each: name, street, place, country.")] = None


class OwnRedemptionsView(CustomerView):
    """One's own redemptions."""

    @extend_schema(
        operation_id="list_own_redemptions",
        parameters=[PAGE_SIZE_PARAMETER, CURSOR_PARAMETER],
        responses={200: REDEMPTIONS, **problems(400)},
    )
    def get(self, request: Request) -> HttpResponse:
        """What you redeemed, newest first, in pages; `next` leads on, and is null on the last."""
        list_ = f"own redemptions {self.customer.pk}"
        size = whole_number(request, "page_size", default=PAGE_SIZE, low=1, high=PAGE_SIZE_MAX)
        found = redemptions_of(customer=self.customer, before=read_cursor(request, of=list_), limit=size + 1)
        next_ = write_cursor(found[size - 1].pk, of=list_) if len(found) > size else None
        return as_json({"redemptions": [redemption_line(each) for each in found[:size]], "next": next_})

    @extend_schema(
        operation_id="redeem",
        parameters=[IDEMPOTENCY_KEY],
        request={"application/json": shape_of(WishBody)},
        responses={201: REDEMPTION_LINE, **problems(*WITH_A_BODY, 404, 409, 422)},
    )
    def post(self, request: Request) -> HttpResponse:
        """Redeem points for a reward: they are held, and the reward is put aside, in one step.

        What needs neither approval nor delivery is fulfilled at once; then the redemption shows its codes. With the
        same `Idempotency-Key` it is the same redemption, for ever, as it stands then.
        """
        body = read_struct(request.data, WishBody)
        wish = Wish(
            customer=self.customer,
            option=find_option(self.customer.merchant, body.reward_id),
            quantity=body.quantity,
            key=f"me:{self.customer.pk}:{call_of(request).digest}",
            actor=CUSTOMER,
            address=body.address or "",
        )
        done = redeem(wish=wish, now=self.now)
        nudge()
        return as_json(redemption_line(done), status=201)


class _OfOne(CustomerView):
    """A view of one redemption of one's own; others are not there."""

    def find(self, reference: str) -> Redemption:
        """The redemption.

        :raises NotFound: if the customer has none by this id.
        """
        return find_own_redemption(customer=self.customer, reference=reference)

    def answer(self, reference: str) -> HttpResponse:
        """The redemption as it is now."""
        found = self.find(reference)
        slots = [
            {"id": str(slot.uuid), "starts_at": slot.starts_at, "ends_at": slot.ends_at}
            for slot in open_slots(found, now=self.now)
        ]
        return as_json({**redemption_shape(found), "can_cancel": found.status == Status.PENDING, "slots": slots})


class OwnRedemptionView(_OfOne):
    """Following it."""

    @extend_schema(operation_id="read_own_redemption", responses={200: OWN_REDEMPTION, **problems(404)})
    def get(self, request: Request, reference: str) -> HttpResponse:
        """How far it has come, step by step, with its codes, parcel or appointment, and what you can do about it.

        `slots` are the times that can still be booked.
        """
        return self.answer(reference)


class OwnRedemptionCancelView(_OfOne):
    """Thinking better of it."""

    @extend_schema(
        operation_id="cancel_own_redemption", request=None, responses={200: OWN_REDEMPTION, **problems(404, 409)}
    )
    def post(self, request: Request, reference: str) -> HttpResponse:
        """Cancel what waits for approval: the points go back to where they came from. Once more changes nothing."""
        cancel(redemption_id=self.find(reference).pk, now=self.now)
        return self.answer(reference)


class OwnRedemptionAddressView(_OfOne):
    """Where it is sent to."""

    @extend_schema(
        operation_id="set_own_redemption_address",
        request={"application/json": shape_of(AddressBody)},
        responses={200: OWN_REDEMPTION, **problems(*WITH_A_BODY, 404, 409)},
    )
    def put(self, request: Request, reference: str) -> HttpResponse:
        """Say where to, or where to instead, until it is sent."""
        body = read_struct(request.data, AddressBody)
        set_address(redemption_id=self.find(reference).pk, address=body.address, now=self.now)
        return self.answer(reference)


class OwnRedemptionAppointmentView(_OfOne):
    """When one is expected."""

    @extend_schema(
        operation_id="book_own_appointment",
        request={"application/json": shape_of(BookingBody)},
        responses={200: OWN_REDEMPTION, **problems(*WITH_A_BODY, 404, 409)},
    )
    def put(self, request: Request, reference: str) -> HttpResponse:
        """Book a slot, in place of the one that is booked."""
        body = read_struct(request.data, BookingBody)
        slot = as_uuid(body.slot)
        if slot is None:
            raise NotFound("There is no such slot.")
        book_slot(redemption_id=self.find(reference).pk, slot=slot, now=self.now)
        return self.answer(reference)
