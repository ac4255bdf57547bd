"""What people fill in on pages."""

from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from allauth.account.forms import SignupForm
from allauth.core import context
from allauth.headless.account.inputs import SignupInput
from django import forms
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.lib.limits import LimitReached, NobodyCounts, place_of
from config.lib.remembering import read_cookie
from referrals.models.merchants import Merchant
from referrals.models.referrals import AttributionMethod
from referrals.models.users import User
from referrals.selectors import as_uuid
from referrals.services.claims import why_not
from referrals.services.codes import normalise_code
from referrals.services.limits import guessing
from referrals.services.touches import Touch, decisive_touch
from rewards.selectors.sentences import decision_in_words
from rewards.services.enrolment import read_touch
from rewards.services.signing_up import note_sign_up


class JoiningForm(forms.Form):
    """What every friend tells who joins: by which code they come, and whether invitations may name them."""

    first_name = forms.CharField(
        max_length=50, label=_("First name"), widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    shows_first_name = forms.BooleanField(
        required=False, label=_("Show my first name to friends whom I invite, and to the friend who invited me")
    )
    referral_code = forms.CharField(
        required=False,
        max_length=40,
        label=_("A friend’s code, if you have one"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.merchant: Merchant = context.request.merchant
        self.offered = _offered(context.request, self.merchant)
        self.fields["referral_code"].initial = self.offered.code if self.offered else ""

    def clean(self) -> dict[str, Any]:
        """Refuse a code by which this person could not join, and say why."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        typed = cleaned.get("referral_code", "")
        if typed and (reason := self._why_not(typed, cleaned.get("email", ""))):
            self.add_error("referral_code", decision_in_words(reason))
        return cleaned

    def touch(self) -> Touch | None:
        """What brings whoever joins: the link that was offered, if they left its code as it was, or what they typed."""
        typed = normalise_code(self.cleaned_data["referral_code"])
        if not typed or (self.offered and self.offered.code == typed):
            return self.offered if typed else None
        return Touch(AttributionMethod.TYPED, typed, timezone.now())

    def _why_not(self, typed: str, email: str) -> str:
        with guessing(place_of(context.request)) as guess:
            reason = why_not(merchant=self.merchant, typed=typed, email=email, now=timezone.now())
            guess.is_wrong = bool(reason)
        return reason


class _SigningUp(JoiningForm):
    """What somebody says who signs up is kept beside their login until the e-mail is verified."""

    def signup(self, request: HttpRequest, user: User) -> None:
        """Keep it; the library calls this when it makes the login."""
        note_sign_up(
            merchant=self.merchant,
            user=user,
            shows_first_name=self.cleaned_data["shows_first_name"],
            touch=self.touch(),
            now=timezone.now(),
        )


class SignUpInput(_SigningUp, SignupInput):  # type: ignore[misc]  # the library has no types
    """The same as an app sends it."""


class SignUpForm(_SigningUp, SignupForm):  # type: ignore[misc]  # as above
    """Somebody new signs up, to join the merchant as soon as the e-mail is verified."""

    field_order = ("first_name", "email", "password1", "referral_code", "shows_first_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        password = self.fields["password1"]
        password.label = _("Password")
        password.help_text = _("At least 10 characters. Leave it empty to sign in by codes that we e-mail to you.")


def _offered(request: HttpRequest, merchant: Merchant) -> Touch | None:
    """The link by which somebody came, from the address of the page or from the cookie, if one can still join by it.

    Both can be made up, so they count as guesses; whoever has guessed too often is offered nothing.
    """
    now = timezone.now()
    link = as_uuid(request.GET.get("referral_link", ""))
    touches = [
        _by(AttributionMethod.LINK, merchant, request.GET.get("referral_code", ""), link, now),
    ]
    if followed := read_cookie(request):
        touches.append(_by(AttributionMethod.COOKIE, merchant, followed.code, followed.link, followed.at))
    usable = []
    with suppress(LimitReached, NobodyCounts):
        for each in filter(None, touches):
            with guessing(place_of(request)) as guess:
                guess.is_wrong = bool(why_not(merchant=merchant, typed=each.code, email="", now=now))
            usable += [] if guess.is_wrong else [each]
    return decisive_touch(usable, decisive=merchant.decisive_touch)


def _by(method: AttributionMethod, merchant: Merchant, code: str, link: UUID | None, at: datetime) -> Touch | None:
    touch = read_touch(merchant=merchant, typed=code, link=link, now=at)
    return touch and msgspec.structs.replace(touch, method=method)
