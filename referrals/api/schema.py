"""What the API document says of the key."""

from typing import TYPE_CHECKING

from drf_spectacular.extensions import OpenApiAuthenticationExtension

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
