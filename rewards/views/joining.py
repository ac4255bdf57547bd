"""Joining a merchant with a login that one has already."""

from allauth.account.decorators import verified_email_required
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from config.lib.limits import take
from config.lib.pages import PageRequest, merchant_required, way_on
from referrals.models.sign_ups import SignUp
from referrals.services.limits import JOINING
from rewards.forms.joining import JoiningForm
from rewards.selectors.sentences import decision_in_words
from rewards.services.enrolment import enrol_person
from rewards.tasks import nudge
from rewards.views.presence import presence_of


@require_http_methods(["GET", "HEAD", "POST"])
@merchant_required
@verified_email_required  # type: ignore[untyped-decorator]  # the library has no types
def join(request: PageRequest) -> HttpResponse:
    """Let whoever is signed in become a customer of this merchant too, and go on to where they wanted to go."""
    onward = way_on(request, reverse("home"))
    if request.customer:
        return HttpResponseRedirect(onward)
    if request.method == "POST":
        take(JOINING, of=str(request.user.pk))
    form = JoiningForm(request.POST or None, initial=_known(request))
    if not form.is_valid():
        return render(request, "rewards/join.html", {"form": form, "next": onward})
    enrolment = enrol_person(
        merchant=form.merchant,
        user=request.user,
        name=form.cleaned_data["first_name"],
        shows_first_name=form.cleaned_data["shows_first_name"],
        touch=form.touch(),
        presence=presence_of(request),
        now=timezone.now(),
    )
    if enrolment.refused:
        messages.warning(request, decision_in_words(enrolment.refused))
    if enrolment.has_work:
        nudge()
    return HttpResponseRedirect(onward)


def _known(request: PageRequest) -> dict[str, object]:
    """What they said when they signed up, if they verified their e-mail by another way than the link sent then."""
    asked = SignUp.objects.filter(user=request.user, merchant=request.merchant).first()
    known: dict[str, object] = {"first_name": request.user.first_name}
    if asked is not None:
        known["shows_first_name"] = asked.shows_first_name
        if asked.code:
            known["referral_code"] = asked.code
    return known
