"""How the signed-in customer shares: links, words and the way into each messenger; and having shared."""

from typing import Annotated, Any

import msgspec
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.bodies import mistake, read_struct
from config.lib.limits import take
from config.lib.me import CustomerView
from config.lib.openapi import TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.queries import choice
from referrals.models.destinations import Destination
from referrals.models.links import Channel
from referrals.selectors.sharing import OFFERED, Share, compose_shares, main_code, open_destinations
from referrals.services.limits import SHARING
from rewards.api.shapes import NULL
from rewards.services.sharing import record_share
from rewards.tasks import nudge

_SHOWN = ("slug", "kind", "title", "description", "picture_url")
SHARING_KIT = object_of(
    code={"anyOf": [TEXT, NULL], "description": "Null: make one by `POST /api/v1/me/code`."},
    destinations={"type": "array", "items": object_of(**dict.fromkeys(_SHOWN, TEXT))},
    shares={"type": "array", "items": shape_of(Share)},
)
Way = Annotated[str, msgspec.Meta(max_length=20, extra_json_schema={"enum": [channel.value for channel in OFFERED]})]
To = Annotated[str, msgspec.Meta(max_length=60, description="The slug of a destination; empty: none in particular.")]


class ShareBody(msgspec.Struct, frozen=True):
    """By which channel, and where the link leads."""

    channel: Way
    to: To = ""


class OwnShareView(CustomerView):
    """One's own ways to share."""

    @extend_schema(
        operation_id="read_own_shares",
        parameters=[OpenApiParameter("to", str, description="The slug of a destination to which the links lead.")],
        responses={200: SHARING_KIT, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """The link, the words and the way into each messenger, in the merchant's words and your language."""
        places = {place.slug: place for place in open_destinations(merchant=self.customer.merchant)}
        to = choice(request, "to", options=places, default="")
        code = main_code(customer=self.customer)
        shares = compose_shares(code=code, destination=places.get(to), site=request.build_absolute_uri) if code else []
        return Response(
            {
                "code": str(code) if code else None,
                "destinations": [_shape(place) for place in places.values()],
                "shares": msgspec.to_builtins(shares),
            }
        )

    @extend_schema(
        operation_id="record_own_share",
        request={"application/json": shape_of(ShareBody)},
        responses={200: object_of(is_new={"type": "boolean"}), **problems(*WITH_A_BODY, 429)},
    )
    def post(self, request: Request) -> Response:
        """Say that you shared. It counts once a day for each channel and destination."""
        take(SHARING, of=f"customer:{self.customer.pk}")
        body = read_struct(request.data, ShareBody)
        if body.channel not in OFFERED:
            raise mistake("The body has a mistake.", "/channel", "unknown", "Is none of the channels that are offered")
        is_new = record_share(
            customer=self.customer, channel=Channel(body.channel), destination=self._place(body.to), now=self.now
        )
        if is_new:
            nudge()
        return Response({"is_new": is_new})

    def _place(self, slug: str) -> Destination | None:
        places = open_destinations(merchant=self.customer.merchant) if slug else []
        place = next((each for each in places if each.slug == slug), None)
        if slug and place is None:
            raise mistake("The body has a mistake.", "/to", "unknown", "Is none of the destinations that are open")
        return place


def _shape(place: Destination) -> dict[str, Any]:
    return {name: getattr(place, name) for name in _SHOWN}
