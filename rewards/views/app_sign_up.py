"""Signing up in an app, as on the page; and what of the library's sign-in for apps we have not."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.headless.account.views import SignupView
from allauth.headless.base.response import ForbiddenResponse
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from rewards.forms.joining import SignUpInput


class AppSignUpView(SignupView):  # type: ignore[misc]  # the library has no types
    """Somebody new tells what the page asks for, and is a customer once they have followed the link in their mail."""

    input_class = {"POST": SignUpInput}

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let nobody sign up where it is not clear with whom."""
        if not get_adapter().is_open_for_signup(request):
            return ForbiddenResponse(request)  # type: ignore[no-any-return]  # as above
        return super().handle(request, *args, **kwargs)  # type: ignore[no-any-return]  # as above


@csrf_exempt  # As all calls of apps are; it does nothing.
def no_phones(request: HttpRequest) -> HttpResponseBase:
    """Nobody signs in by phone here, and no phone belongs to a login.

    :raises Http404: always.
    """
    raise Http404
