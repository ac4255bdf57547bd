"""How people sign in, where the sign-in library leaves it to us."""

from typing import Any

from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from config.lib.encryption import decrypt, encrypt


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    """The secrets of second factors are encrypted like other personal data; the library would keep them in clear."""

    def encrypt(self, text: str) -> str:
        """What is stored of a secret."""
        return encrypt(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret that was stored."""
        return decrypt(encrypted_text.encode())


class AppAdapter(DefaultHeadlessAdapter):  # type: ignore[misc]  # as above
    """What apps are told of whoever signs in: not by which number our tables know them."""

    def serialize_user(self, user: Any) -> dict[str, Any]:
        """A person without their id."""
        told: dict[str, Any] = super().serialize_user(user)
        return {name: value for name, value in told.items() if name != "id"}
