"""Customers: registration."""

from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from msgspec import Meta
from rest_framework.response import Response
from rest_framework.views import APIView

from config.lib.bodies import Agent, Code, Email, Identifier, PersonName, Phone, check_birthday, read_struct
from config.lib.openapi import WITH_A_BODY, problems, shape_of
from config.lib.requests import ApiRequest
from referrals.models.api_keys import Scope
from referrals.services.customers import Identity
from referrals.services.traces import Presence
from rewards.api.shapes import REGISTERED
from rewards.selectors.sentences import decision_in_words
from rewards.services.enrolment import enrol_customer
from rewards.tasks import nudge


class CustomerBody(msgspec.Struct, frozen=True):
    """A customer, as another system registers them."""

    id: Identifier
    email: Email | None = None
    email_verified: Annotated[bool, Meta(description="Whether you have verified that the e-mail is theirs.")] = False
    name: PersonName | None = None
    referral_code: Code | None = None
    referral_link: Annotated[UUID | None, Meta(description="As our redirect told your site.")] = None
    shows_first_name: Annotated[bool | None, Meta(description="Whether invitations say who invites.")] = None
    birthday: Annotated[date | None, Meta(description="In the past, and at most 120 years ago.")] = None
    phone: Annotated[Phone | None, Meta(description="With the country's code, such as +4930123456.")] = None
    device: Annotated[Identifier | None, Meta(description="Your id of their device; only a hash is kept.")] = None
    ip_address: Annotated[Identifier | None, Meta(description="From where they register; only a hash is kept.")] = None
    user_agent: Annotated[Agent | None, Meta(description="Their browser's name; only a hash is kept.")] = None


class CustomersView(APIView):
    """Customers of the key's merchant."""

    scope = Scope.CUSTOMERS

    @extend_schema(
        operation_id="register_customer",
        request={"application/json": shape_of(CustomerBody)},
        responses={201: REGISTERED, 200: REGISTERED, **problems(*WITH_A_BODY, 409)},
    )
    def post(self, request: ApiRequest) -> Response:
        """Register a customer, with the code of the friend who brought them, if one did.

        201 for a new customer, 200 for one who is known. A code that is not accepted does not stop the
        registration: `referral` says why. A birthday that is known can be changed once a year.
        """
        body = read_struct(request.data, CustomerBody)
        now = timezone.now()
        if body.birthday is not None:
            check_birthday(body.birthday, now)
        enrolment = enrol_customer(
            merchant=request.auth.merchant,
            identity=Identity(
                body.id, body.email or "", body.name or "", body.birthday, body.shows_first_name, body.phone or ""
            ),
            referral_code=body.referral_code or "",
            referral_link=body.referral_link,
            now=now,
            email_is_verified=body.email_verified,
            presence=Presence(body.ip_address or "", body.user_agent or "", body.device or ""),
        )
        if enrolment.has_work:
            nudge()
        referral = None
        if enrolment.refused:
            referral = {"accepted": False, "code": enrolment.refused, "sentence": decision_in_words(enrolment.refused)}
        elif enrolment.is_referred:
            referral = {"accepted": True}
        answer = {
            "id": enrolment.customer.public_id,
            "uuid": str(enrolment.customer.uuid),
            "name": enrolment.customer.name,
            "referral": referral,
        }
        return Response(answer, status=201 if enrolment.is_new else 200)
