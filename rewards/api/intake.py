"""What the doors of facts have in common: one event, or a list of them with an outcome each.

Answers are written past the framework's renderers: this is where most calls come in.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.views import APIView

from config.lib.errors import Invalid
from config.lib.problems import CONTENT_TYPE, problem_body
from config.lib.requests import ApiRequest
from referrals.models.merchants import Merchant
from rewards.services.intake import Outcome
from rewards.tasks import nudge

SOURCE = "api"
LIST_MAX = 1_000

Event = TypeVar("Event")


class IntakeView(APIView, Generic[Event]):
    """A door through which facts come in; `conflicts` says what each code means."""

    plural: ClassVar[str]
    conflicts: ClassVar[Mapping[str, str]]

    @abstractmethod
    def read(self, raw: Any, *, merchant: Merchant, now: datetime) -> Event:
        """Read one event.

        :raises Invalid: naming the place and the mistake.
        """

    @abstractmethod
    def accept(self, events: Sequence[Event], *, merchant: Merchant, now: datetime) -> list[Outcome]:
        """Record events; one outcome each, in their order."""

    def take_in(self, request: ApiRequest) -> HttpResponse:
        """Record what was sent, and wake a worker if any of it is new."""
        merchant, now = request.auth.merchant, timezone.now()
        if isinstance(request.data, list):
            return self._take_in_list(request, request.data, merchant, now)
        (outcome,) = self._accept([self.read(request.data, merchant=merchant, now=now)], merchant, now)
        status, body = self._answer(request, outcome)
        return _render(body, status)

    def _take_in_list(
        self, request: ApiRequest, items: Sequence[Any], merchant: Merchant, now: datetime
    ) -> HttpResponse:
        if not 0 < len(items) <= LIST_MAX:
            raise Invalid(f"Send 1 to {LIST_MAX} {self.plural} at a time, not {len(items)}.")
        read = [self._read(item, merchant, now) for item in items]
        outcomes = iter(self._accept([event for event in read if not isinstance(event, Invalid)], merchant, now))
        answers = [self._answer(request, it if isinstance(it, Invalid) else next(outcomes)) for it in read]
        return _render({"results": [{"http_status": status, **body} for status, body in answers]}, 202)

    def _read(self, item: Any, merchant: Merchant, now: datetime) -> Event | Invalid:
        try:
            return self.read(item, merchant=merchant, now=now)
        except Invalid as error:
            return error

    def _accept(self, events: Sequence[Event], merchant: Merchant, now: datetime) -> list[Outcome]:
        outcomes = self.accept(events, merchant=merchant, now=now) if events else []
        if any(outcome.kind == "accepted" for outcome in outcomes):
            nudge()
        return outcomes

    def _answer(self, request: ApiRequest, result: Outcome | Invalid) -> tuple[int, dict[str, Any]]:
        """The status and the body that one event gets, alone or within a list."""
        if isinstance(result, Invalid):
            return 400, problem_body(
                request._request, status=400, code=result.code, detail=result.detail, errors=result.errors
            )
        if result.kind == "conflict":
            detail = self.conflicts[result.code]
            return 409, problem_body(request._request, status=409, code=result.code, detail=detail)
        body = {"id": result.uuid, "status": "pending", "status_url": f"{request.path}/{result.uuid}"}
        return (202 if result.kind == "accepted" else 200), body


def _render(body: dict[str, Any], status: int) -> HttpResponse:
    return HttpResponse(
        msgspec.json.encode(body), status=status, content_type=CONTENT_TYPE if status >= 400 else "application/json"
    )
