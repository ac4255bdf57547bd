"""The badges of the signed-in customer."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.me import CustomerView
from config.lib.openapi import TEXT, object_of, problems
from rewards.api.shapes import MOMENT, NULL
from rewards.selectors.badges import badges_to_show

OWN_BADGE = object_of(id=TEXT, name=TEXT, description=TEXT, awarded_at={"anyOf": [MOMENT, NULL]})
OWN_BADGES = object_of(badges={"type": "array", "items": OWN_BADGE})


class OwnBadgesView(CustomerView):
    """One's own badges."""

    @extend_schema(operation_id="list_own_badges", responses={200: OWN_BADGES, **problems()})
    def get(self, request: Request) -> Response:
        """The badges that you have, the first first, and then those that you can still earn."""
        return Response({"badges": [_shape(each) for each in badges_to_show(customer=self.customer)]})


def _shape(badge: Any) -> dict[str, Any]:
    return {name: getattr(badge, "code" if name == "id" else name) for name in OWN_BADGE["required"]}
