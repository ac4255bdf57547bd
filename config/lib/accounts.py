"""How people sign in, where the sign-in library leaves it to us."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext

from config.lib.encryption import decrypt, encrypt

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def second_factor_required(view: View[P]) -> View[P]:
    """Lead staff who have no second factor to where they set one up, and open nothing to them before.

    The settings say whether one is asked for (STAFF_SECOND_FACTOR). Who has one was asked for it at the sign-in.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if settings.STAFF_SECOND_FACTOR and request.user.is_staff and not is_mfa_enabled(request.user):
            messages.warning(request, gettext("Staff need a second factor. Set it up, and these pages open to you."))
            return redirect("mfa_activate_totp")
        return view(request, *args, **kwargs)

    return guarded


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
