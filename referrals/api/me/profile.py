"""Who the signed-in customer is, and with which merchant."""

from datetime import date
from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.bodies import PersonName, check_birthday, read_struct
from config.lib.me import CustomerView
from config.lib.openapi import TEXT, WITH_A_BODY, object_of, problems, shape_of
from referrals.models.customers import Customer
from referrals.services.profiles import change_profile

PROFILE = object_of(
    id=TEXT,
    name=TEXT,
    shows_first_name={"type": "boolean"},
    birthday={"type": ["string", "null"], "format": "date"},
    merchant=object_of(slug=TEXT, name=TEXT, currency=TEXT, time_zone=TEXT),
)


class ProfileBody(msgspec.Struct, frozen=True):
    """What a customer says of themselves; a birthday that is left out stays as it is."""

    name: PersonName
    shows_first_name: bool
    birthday: date | None = None


class OwnProfileView(CustomerView):
    """Who one is here."""

    @extend_schema(operation_id="read_own_profile", responses={200: PROFILE, **problems()})
    def get(self, request: Request) -> Response:
        """Who you are with this merchant; its amounts are minor units of its currency."""
        return Response(_shape(self.customer))

    @extend_schema(
        operation_id="change_own_profile",
        request={"application/json": shape_of(ProfileBody)},
        responses={200: PROFILE, **problems(*WITH_A_BODY, 409)},
    )
    def put(self, request: Request) -> Response:
        """Say who you are. A birthday can be put right once a year."""
        body = read_struct(request.data, ProfileBody)
        if body.birthday is not None:
            check_birthday(body.birthday, self.now)
        change_profile(customer=self.customer, now=self.now, **msgspec.structs.asdict(body))
        self.customer.refresh_from_db(fields=body.__struct_fields__)
        return Response(_shape(self.customer))


def _shape(customer: Customer) -> dict[str, Any]:
    merchant = customer.merchant
    return {
        "id": customer.public_id,
        "name": customer.name,
        "shows_first_name": customer.shows_first_name,
        "birthday": customer.birthday,
        "merchant": {name: getattr(merchant, name) for name in ("slug", "name", "currency", "time_zone")},
    }
