"""In which language somebody reads: that of the browser, until they choose one.

What a customer chose holds on every device, for it is also the language in which they are told things.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.account.signals import user_logged_in
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from config.lib.pages import PageRequest, way_on
from fulfillment.selectors.inbox import language_of_person
from fulfillment.services.notifications.inbox import choose_language
from referrals.models.users import User

CHOSEN = "chosen_language"
REMEMBERED = timedelta(days=365)


class LanguageMiddleware:
    """Has a browser remember the language that was chosen while it was answered; Django reads it from then on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if language := getattr(request, CHOSEN, ""):
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                language,
                max_age=REMEMBERED,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


def read_in(request: HttpRequest, language: str) -> None:
    """Show pages in this language from the next one on; empty: as until now."""
    setattr(request, CHOSEN, language)


@receiver(user_logged_in)
def read_as_elsewhere(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Show whoever signs in pages in the language that they chose on another device."""
    read_in(request, language_of_person(user))


# Without a token, so that a page needs no cookie to have this form. From another site the cookie that says who asks
# does not come along (SameSite=Lax), so all that such a site could do is to have its visitor read another language.
@csrf_exempt
@require_POST
def language(request: PageRequest) -> HttpResponse:
    """Show the reader the same page in another language; a customer is told things in it from now on."""
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES):
        read_in(request, chosen)
        if request.customer:
            choose_language(customer=request.customer, language=chosen)
    return HttpResponseRedirect(way_on(request))
