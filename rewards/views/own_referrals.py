"""What a signed-in customer says, and has, of friends: in JSON."""

import msgspec
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from config.lib.errors import Invalid
from config.lib.limits import place_of
from config.lib.pages import PageRequest, json_for_customer
from config.lib.problems import problem_response
from referrals.models.referrals import Referral
from referrals.selectors import referral_of, shown_first_name
from referrals.selectors.funnel import read_own_counts
from referrals.services.limits import guessing
from rewards.engine.decision import SENTENCES
from rewards.selectors.friends import points_from_friends
from rewards.services.enrolment import claim_code
from rewards.tasks import nudge
from rewards.views.presence import presence_of


@require_safe
@json_for_customer
def referral_stats(request: PageRequest) -> HttpResponse:
    """How many followed the customer's links, joined and bought, and the points that they brought."""
    counts = read_own_counts(customer_id=request.customer.pk)
    earned = points_from_friends(customer=request.customer)
    return JsonResponse({**msgspec.to_builtins(counts), "points_earned": earned})


@require_POST
@json_for_customer
def referral_tracking(request: PageRequest) -> HttpResponse:
    """Record by whose code (`referral_code`) the customer came, and tell how far that referral is (requirement 002).

    201 for a new referral, 200 for one that is known; a code that is refused is a problem whose `code` says why.

    :raises Invalid: if no code is named.
    """
    typed = request.POST.get("referral_code", "").strip()
    if not typed:
        raise Invalid("Name the code by which you came as `referral_code`.")
    before = referral_of(customer=request.customer)
    with guessing(place_of(request)) as guess:
        enrolment = claim_code(
            customer=request.customer, typed=typed, presence=presence_of(request), now=timezone.now()
        )
        guess.is_wrong = bool(enrolment.refused)
    if enrolment.refused:
        return problem_response(
            request, status=409, code=enrolment.refused, detail=gettext(SENTENCES[enrolment.refused])
        )
    if enrolment.has_work:
        nudge()
    referral = Referral.objects.select_related("referrer").get(referee=request.customer)
    return JsonResponse(_as_json(referral), status=200 if before else 201)


def _as_json(referral: Referral) -> dict[str, str | None]:
    return {
        "id": str(referral.uuid),
        "status": referral.status,
        "referrer": shown_first_name(referral.referrer),
        "claimed_at": referral.claimed_at.isoformat(),
        "joined_at": referral.joined_at.isoformat() if referral.joined_at else None,
    }
