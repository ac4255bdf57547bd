"""Policies: read, drafted, published and retired by other systems."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from msgspec import Meta
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Moment, check_moment, read_struct
from config.lib.errors import NotFound
from config.lib.openapi import NUMBER, TEXT, WITH_A_BODY, object_of, problems, shape_of
from config.lib.queries import read_cursor, whole_number, write_cursor
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from rewards.api.shapes import MOMENT, NULL
from rewards.selectors.policies import changes_of, get_policy, list_policies, policy_as_json, version_as_json
from rewards.services.policies.changes import By
from rewards.services.policies.drafts import create_policy, delete_policy, discard_draft, write_draft
from rewards.services.policies.publishing import publish_draft, retire_policy
from rewards.services.policies.words import Words

PAGE_SIZE = 50
PAGE_SIZE_MAX = 200
CHANGES_MAX = 200
_CURSOR = OpenApiParameter("cursor", str, description="What `next` said in the page before.")
_PAGE_SIZE = OpenApiParameter("page_size", int, description=f"1 to {PAGE_SIZE_MAX}; {PAGE_SIZE} if not given.")

PolicyCode = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[-a-zA-Z0-9_]+$(?!\n)")]
PolicyName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$(?!\n)")]

_MAYBE_MOMENT = {"anyOf": [MOMENT, NULL]}
_MAYBE_NUMBER = {"anyOf": [NUMBER, NULL]}
_OF_A_VERSION = {
    "number": NUMBER,
    "standing": {"enum": ["draft", "scheduled", "in_force", "retired"]},
    "published_at": _MAYBE_MOMENT,
    "effective_at": _MAYBE_MOMENT,
    "retired_at": _MAYBE_MOMENT,
}
VERSION = object_of(**_OF_A_VERSION, definition={"type": "object"}, examples={"type": "array", "items": {}})
POLICY = object_of(
    code=TEXT,
    name=TEXT,
    in_force=_MAYBE_NUMBER,
    draft=_MAYBE_NUMBER,
    versions={"type": "array", "items": object_of(**_OF_A_VERSION)},
)
POLICIES = object_of(policies={"type": "array", "items": POLICY}, next={"anyOf": [TEXT, NULL]})
CHANGES = object_of(
    changes={
        "type": "array",
        "items": object_of(
            number=NUMBER,
            action=TEXT,
            actor=TEXT,
            before={"anyOf": [{"type": "object"}, NULL]},
            after={"anyOf": [{"type": "object"}, NULL]},
            recorded_at=MOMENT,
        ),
    }
)


class DraftBody(msgspec.Struct, frozen=True):
    """What the next version of a policy is to say."""

    name: PolicyName
    definition: dict[str, Any]
    examples: list[Any] = msgspec.field(default_factory=list)


class PolicyBody(DraftBody, frozen=True, kw_only=True):
    """A new policy, with what its first version is to say."""

    code: PolicyCode


class MomentBody(msgspec.Struct, frozen=True):
    """From when something holds; without it, now."""

    at: Moment | None = None


class PoliciesView(APIView):
    """The policies of a programme."""

    scope = Scope.POLICIES

    @extend_schema(
        operation_id="list_policies", parameters=[_CURSOR, _PAGE_SIZE], responses={200: POLICIES, **problems(400)}
    )
    def get(self, request: ApiRequest) -> Response:
        """All policies, in the order in which they were made."""
        merchant, now = request.auth.merchant, timezone.now()
        limit = whole_number(request, "page_size", default=PAGE_SIZE, low=1, high=PAGE_SIZE_MAX)
        of = f"policies {merchant.pk}"
        found = list_policies(merchant=merchant, after=read_cursor(request, of=of), limit=limit)
        page = found[:limit]
        more = write_cursor(page[-1].pk, of=of) if len(found) > limit else None
        return Response({"policies": [policy_as_json(policy, now) for policy in page], "next": more})

    @extend_schema(
        operation_id="create_policy",
        request={"application/json": shape_of(PolicyBody)},
        responses={201: POLICY, **problems(*WITH_A_BODY, 409)},
    )
    def post(self, request: ApiRequest) -> Response:
        """Make a policy, whose first version is a draft: it gives nothing before it is published.

        What is wrong with it is told with a pointer to each place, and within a condition with the offset.
        """
        body = read_struct(request.data, PolicyBody)
        now = timezone.now()
        words = Words(body.definition, body.examples)
        merchant = request.auth.merchant
        create_policy(merchant=merchant, code=body.code, name=body.name, words=words, by=_by(request), now=now)
        return Response(policy_as_json(get_policy(merchant=merchant, code=body.code), now), status=201)


class PolicyView(APIView):
    """One policy."""

    scope = Scope.POLICIES

    @extend_schema(operation_id="read_policy", responses={200: POLICY, **problems(404)})
    def get(self, request: ApiRequest, code: str) -> Response:
        """A policy, and where each of its versions stands."""
        return _answer(request, code)

    @extend_schema(
        operation_id="write_policy",
        request={"application/json": shape_of(DraftBody)},
        responses={200: POLICY, **problems(*WITH_A_BODY, 404)},
    )
    def put(self, request: ApiRequest, code: str) -> Response:
        """Write the draft of a policy: what is in force goes on until the draft is published."""
        body = read_struct(request.data, DraftBody)
        write_draft(
            merchant=request.auth.merchant,
            code=code,
            name=body.name,
            words=Words(body.definition, body.examples),
            by=_by(request),
            now=timezone.now(),
        )
        return _answer(request, code)

    @extend_schema(operation_id="delete_policy", responses={204: None, **problems(404, 409)})
    def delete(self, request: ApiRequest, code: str) -> HttpResponse:
        """Delete a policy that was never published; one that was is retired instead."""
        delete_policy(merchant=request.auth.merchant, code=code, by=_by(request), now=timezone.now())
        return HttpResponse(status=204)


class PolicyDraftView(APIView):
    """The draft of a policy."""

    scope = Scope.POLICIES

    @extend_schema(operation_id="discard_policy_draft", responses={204: None, **problems(404)})
    def delete(self, request: ApiRequest, code: str) -> HttpResponse:
        """Discard a draft; a policy that has nothing else goes with it."""
        discard_draft(merchant=request.auth.merchant, code=code, by=_by(request), now=timezone.now())
        return HttpResponse(status=204)


class PolicyVersionView(APIView):
    """One version of a policy."""

    scope = Scope.POLICIES

    @extend_schema(operation_id="read_policy_version", responses={200: VERSION, **problems(404)})
    def get(self, request: ApiRequest, code: str, number: int) -> Response:
        """A version word for word, with its examples."""
        policy = get_policy(merchant=request.auth.merchant, code=code)
        for version in policy.versions.all():
            if version.number == number:
                return Response(version_as_json(version, timezone.now(), in_words=True))
        raise NotFound("There is no such version.")


class PolicyChangesView(APIView):
    """Who did what to a policy."""

    scope = Scope.POLICIES

    @extend_schema(operation_id="list_policy_changes", responses={200: CHANGES, **problems(404)})
    def get(self, request: ApiRequest, code: str) -> Response:
        """Who changed the policy, when, and its words before and after; the latest first, 200 at the most."""
        merchant = request.auth.merchant
        changes = list(changes_of(merchant=merchant, code=code)[:CHANGES_MAX])
        if not changes:
            get_policy(merchant=merchant, code=code)
        names = CHANGES["properties"]["changes"]["items"]["properties"]
        return Response({"changes": [{name: getattr(each, name) for name in names} for each in changes]})


class PolicyPublicationView(APIView):
    """The publication of a policy."""

    scope = Scope.POLICIES

    @extend_schema(
        operation_id="publish_policy",
        request={"application/json": shape_of(MomentBody)},
        responses={200: POLICY, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest, code: str) -> Response:
        """Publish the draft, now or from a moment to come, if every example of it holds."""
        publish_draft(
            merchant=request.auth.merchant, code=code, by=_by(request), now=timezone.now(), at=_moment(request)
        )
        return _answer(request, code)


class PolicyRetirementView(APIView):
    """The end of a policy."""

    scope = Scope.POLICIES

    @extend_schema(
        operation_id="retire_policy",
        request={"application/json": shape_of(MomentBody)},
        responses={200: POLICY, **problems(*WITH_A_BODY, 404, 409)},
    )
    def post(self, request: ApiRequest, code: str) -> Response:
        """End a policy, now or at a moment to come; what it has given stays given."""
        retire_policy(
            merchant=request.auth.merchant, code=code, by=_by(request), now=timezone.now(), at=_moment(request)
        )
        return _answer(request, code)


def _by(request: ApiRequest) -> By:
    return By(f"key:{request.auth.prefix}")


def _moment(request: ApiRequest) -> datetime | None:
    at = read_struct(request.data, MomentBody).at
    if at is not None:
        check_moment(at, "/at")
    return at


def _answer(request: ApiRequest, code: str) -> Response:
    return Response(policy_as_json(get_policy(merchant=request.auth.merchant, code=code), timezone.now()))
