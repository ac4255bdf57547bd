"""What the API document says of keys, and of the tokens of customers' apps."""

from typing import TYPE_CHECKING

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from config.lib.me import HEADER

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it registers itself
    """How an API key is sent."""

    target_class = "referrals.api.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: "AutoSchema") -> dict[str, str]:
        """The scheme's entry in the document."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The key names the merchant, and its scopes what it may do.",
        }


class SessionTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # it registers itself
    """How the token of a signed-in customer is sent."""

    target_class = "config.lib.me.SessionTokenAuthentication"
    name = "sessionToken"

    def get_security_definition(self, auto_schema: "AutoSchema") -> dict[str, str]:
        """The scheme's entry in the document."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": HEADER,
            "description": "What `POST /_allauth/app/v1/auth/login` answers as `meta.session_token`, after any second"
            " factor. It dies with `DELETE /_allauth/app/v1/auth/session`.",
        }
