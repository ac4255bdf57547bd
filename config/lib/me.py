"""What calls of customers' own apps (`/api/v1/me/…`) have in common: who has signed in, and whose customer they are.

The person is known by the token that signing in gave the app, in a header, and by nothing else: no cookie is looked at,
so no other site can have a browser call in its reader's name, and there is nothing for which a CSRF token would be
needed.
"""

from datetime import datetime
from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

HEADER = "X-Session-Token"


class SessionTokenAuthentication(XSessionTokenAuthentication):  # type: ignore[misc]  # the library has no types
    """`X-Session-Token: <token>`: the token of whoever has signed in wholly, second factor included."""

    def authenticate(self, request: Request) -> tuple[Any, Any]:
        """Find the person, and their session.

        :raises AuthenticationFailed: without a token that is good.
        """
        found: tuple[Any, Any] | None = super().authenticate(request)
        if found is None:
            raise AuthenticationFailed(f"Sign in, and send the token as '{HEADER}: <token>'.")
        return found

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'SessionToken realm="grapevine"'


class IsCustomer(BasePermission):
    """Whoever has signed in is a customer of the merchant at whose host they ask, as on its pages."""

    message = "You are no customer of this merchant."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether they are."""
        return bool(request.customer)  # type: ignore[attr-defined]  # set by our middleware


class CustomerView(APIView):
    """A view for the customer who asks. What it answers is for them alone, and no cache keeps it.

    `customer` is who asks, with their merchant; `now` is the moment at which they do.
    """

    authentication_classes = [SessionTokenAuthentication]
    permission_classes = [IsCustomer]
    customer: Any
    now: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let nobody in but customers, and remember which one it is."""
        super().initial(request, *args, **kwargs)
        self.customer = request.customer  # type: ignore[attr-defined]  # set by our middleware
        self.now = timezone.now()

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Send it past all caches."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer
