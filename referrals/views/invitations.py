"""Having friends written to, and wanting no such mail."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from config.lib.errors import NotFound
from config.lib.limits import take
from config.lib.pages import PageRequest, customer_required
from referrals.forms import InviteForm
from referrals.models.destinations import Destination
from referrals.models.invitations import Invitation
from referrals.services.codes import issue_code
from referrals.services.invitations import AddressesInvalid, InvitedEnough, invite_friends
from referrals.services.limits import INVITING
from referrals.services.opt_outs import merchant_of_token, opt_out
from referrals.tasks import nudge_invitations


@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: PageRequest) -> HttpResponse:
    """Let a customer name friends to whom we write; the answer is the same whoever they are."""
    consent = _("I know these people, and they agree that %(merchant)s writes to each of them once, in my name.") % {
        "merchant": request.merchant
    }
    asked = request.method == "POST"
    form = InviteForm(request.POST if asked else None, consent=consent)
    if asked:
        take(INVITING, of=f"customer:{request.customer.pk}")
        if form.is_valid() and (invited := _invite(request, form, consent)):
            count = len(invited)
            told = ngettext("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", count)
            messages.info(request, told % {"count": count})
            return HttpResponseRedirect(reverse("share"))
    context = {"form": form, "daily": request.merchant.invitations_day_max, "to": request.GET.get("to", "")}
    return render(request, "referrals/invite.html", context)


def _invite(request: PageRequest, form: InviteForm, consent: str) -> list[Invitation]:
    now = timezone.now()
    place = Destination.objects.filter(merchant=request.merchant, slug=request.POST.get("to", ""), is_open=True).first()
    try:
        invited = invite_friends(
            code=issue_code(customer=request.customer, now=now),
            addresses=form.cleaned_data["addresses"],
            destination=place,
            consent=consent,
            language=get_language() or "",
            now=now,
        )
    except AddressesInvalid as refused:
        wrong = ", ".join(map(str, refused.facts["addresses"]))  # type: ignore[call-overload]  # a list of texts
        form.add_error("addresses", _("These are no e-mail addresses: %(wrong)s") % {"wrong": wrong})
    except InvitedEnough as refused:
        form.add_error("addresses", _("You can have %(left)s more invited today.") % refused.facts)
    else:
        nudge_invitations()
        return invited
    return []


@csrf_exempt  # A mail program posts here by itself (RFC 8058); the token says everything.
@require_http_methods(["GET", "HEAD", "POST"])
def stop_invitations(request: PageRequest, token: str) -> HttpResponse:
    """Let the reader of a mail say that they want no more, with one click and for ever; looking changes nothing."""
    try:
        is_done = request.method == "POST"
        request.merchant = opt_out(token=token, now=timezone.now()) if is_done else merchant_of_token(token)
    except NotFound:
        raise Http404 from None
    return render(request, "referrals/stop_invitations.html", {"is_done": is_done, "merchant": request.merchant})
