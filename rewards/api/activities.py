"""Activities: what customers do besides buying."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.openapi import WITH_A_BODY, problems
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.models.merchants import Merchant
from referrals.selectors import get_activity
from rewards.api.intake import SOURCE, IntakeView
from rewards.api.shapes import ACCEPTED, ACTIVITIES_BODY, ACTIVITY, EVENTS_ACCEPTED
from rewards.models.evaluations import Trigger
from rewards.selectors.explanations import explain
from rewards.services.activities import ACTIVITY_CONFLICT, accept_activities
from rewards.services.activity_events import ActivityEvent, read_activity_event
from rewards.services.intake import Outcome


class ActivitiesView(IntakeView[ActivityEvent]):
    """Activities come in here: one, or a list of up to 1,000."""

    scope = Scope.ACTIVITIES
    plural = "activities"
    conflicts: ClassVar = {
        ACTIVITY_CONFLICT: "This activity_id is known, with other content. The first delivery stands."
    }

    @extend_schema(
        operation_id="record_activities",
        request={"application/json": ACTIVITIES_BODY},
        responses={202: EVENTS_ACCEPTED, 200: ACCEPTED, **problems(*WITH_A_BODY, 409)},
    )
    def post(self, request: ApiRequest) -> HttpResponse:
        """Record what customers did: a review, a share, whatever the merchant's policies give points for.

        The same activity again gets 200 and the same body; other content under a known id gets 409. A list gets 202
        and one result an item, in order. Registrations and birthdays are recorded by Grapevine itself.
        """
        return self.take_in(request)

    def read(self, raw: Any, *, merchant: Merchant, now: datetime) -> ActivityEvent:
        """Read one activity; it must have happened."""
        return read_activity_event(raw, now=now)

    def accept(self, events: Sequence[ActivityEvent], *, merchant: Merchant, now: datetime) -> list[Outcome]:
        """Record activities."""
        return accept_activities(merchant=merchant, source=SOURCE, events=events, now=now)


class ActivityView(APIView):
    """One activity, by our id."""

    scope = Scope.ACTIVITIES

    @extend_schema(operation_id="read_activity", responses={200: ACTIVITY, **problems(404)})
    def get(self, request: ApiRequest, reference: str) -> Response:
        """What became of an activity: its status, what was given for it and what not, each with a sentence."""
        activity = get_activity(merchant=request.auth.merchant, reference=reference)
        return Response(
            {
                "id": str(activity.uuid),
                "activity_id": activity.activity_id,
                "customer": activity.customer.public_id,
                "kind": activity.kind,
                "reference": activity.reference,
                "occurred_at": activity.occurred_at,
                **explain(trigger=Trigger.ACTIVITY_RECORDED, subject_id=activity.pk).as_json(),
            }
        )
