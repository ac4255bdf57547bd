"""Who is calling, on the API."""

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from config.lib.requests import bearer_token
from referrals.models.api_keys import ApiKey
from referrals.services.api_keys import key_in_force


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`; the key names the merchant."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey]:
        """Find the key.

        :raises AuthenticationFailed: without a valid one; every endpoint needs it.
        """
        key = key_in_force(bearer_token(request._request))
        if key is None:
            raise AuthenticationFailed("Send a valid API key as 'Authorization: Bearer <key>'.")
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return 'Bearer realm="grapevine"'
