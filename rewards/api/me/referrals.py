"""The friends whom the signed-in customer brought: the promise tracker, and numbers."""

from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.lib.me import CustomerView
from config.lib.openapi import NUMBER, TEXT, object_of, problems, shape_of
from config.lib.queries import read_cursor, whole_number, write_cursor
from referrals.models.referrals import ReferralStatus
from referrals.selectors.funnel import ReferralCounts, read_own_counts
from rewards.api.shapes import MOMENT, NULL
from rewards.api.statement import CURSOR_PARAMETER, PAGE_SIZE_MAX, PAGE_SIZE_PARAMETER
from rewards.selectors.friends import points_from_friends
from rewards.selectors.tracker import DONE, FAILED, NOW, PAGE, Stage, TrackedFriend, friends_of

_MAYBE_MOMENT = {"anyOf": [MOMENT, NULL]}
_STEP = object_of(
    stage={"enum": [stage.value for stage in Stage]},
    label=TEXT,
    state={"enum": [DONE, NOW, FAILED, ""], "description": "Empty: still to come."},
    at=_MAYBE_MOMENT,
)
FRIEND = object_of(
    id=TEXT,
    first_name={**TEXT, "description": "Empty, unless they chose to show it."},
    status={"enum": list(ReferralStatus.values)},
    since=MOMENT,
    steps={"type": "array", "items": _STEP},
    points=NUMBER,
    points_pending=NUMBER,
    held_until=_MAYBE_MOMENT,
    sentence=TEXT,
)
FRIENDS = object_of(referrals={"type": "array", "items": FRIEND}, next={"anyOf": [TEXT, NULL]})
COUNTS = object_of(**shape_of(ReferralCounts)["properties"], points_earned=NUMBER)


class OwnReferralsView(CustomerView):
    """One's own friends."""

    @extend_schema(
        operation_id="list_own_referrals",
        parameters=[PAGE_SIZE_PARAMETER, CURSOR_PARAMETER],
        responses={200: FRIENDS, **problems(400)},
    )
    def get(self, request: Request) -> Response:
        """How far each friend has come whom you brought, the latest first; `sentence` says what is next."""
        list_ = f"own referrals {self.customer.pk}"
        size = whole_number(request, "page_size", default=PAGE, low=1, high=PAGE_SIZE_MAX)
        found = friends_of(referrer=self.customer, now=self.now, before=read_cursor(request, of=list_), limit=size + 1)
        next_ = write_cursor(found[size - 1].place, of=list_) if len(found) > size else None
        return Response({"referrals": [_shape(each) for each in found[:size]], "next": next_})


class OwnReferralStatsView(CustomerView):
    """What came of one's sharing."""

    @extend_schema(operation_id="read_own_referral_stats", responses={200: COUNTS, **problems()})
    def get(self, request: Request) -> Response:
        """How many followed your links, joined and bought, and the points that they brought you."""
        counts = read_own_counts(customer_id=self.customer.pk)
        return Response({**msgspec.to_builtins(counts), "points_earned": points_from_friends(customer=self.customer)})


def _shape(friend: TrackedFriend) -> dict[str, Any]:
    earned = friend.earned
    return {
        "id": str(friend.uuid),
        "first_name": friend.first_name,
        "status": friend.status,
        "since": friend.since,
        "steps": [
            {"stage": step.stage, "label": step.label, "state": step.mark, "at": step.at} for step in friend.steps
        ],
        "points": earned.points,
        "points_pending": earned.pending,
        "held_until": earned.held_until,
        "sentence": friend.sentence,
    }
