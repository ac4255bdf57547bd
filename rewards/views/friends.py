"""The promise tracker as a page: how far one's friends have come."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.lib.pages import PageRequest, customer_required
from config.lib.queries import QueryInvalid, read_cursor, write_cursor
from rewards.selectors.tracker import PAGE, friends_of, open_invitations


@customer_required
@require_safe
def friends(request: PageRequest) -> HttpResponse:
    """Each friend whom one brought, step by step, the latest first; and invitations that nobody has answered yet.

    :raises Http404: if the cursor is none of this list.
    """
    list_ = f"friends:{request.customer.pk}"
    try:
        before = read_cursor(request, of=list_)
    except QueryInvalid as error:
        raise Http404 from error
    now = timezone.now()
    found = friends_of(referrer=request.customer, now=now, before=before, limit=PAGE + 1)
    shown = found[:PAGE]
    is_first = before is None
    invitations, more_invitations = open_invitations(referrer=request.customer, now=now) if is_first else ([], 0)
    context = {
        "friends": shown,
        "invitations": invitations,
        "more_invitations": more_invitations,
        "is_first": is_first,
        "next": write_cursor(shown[-1].place, of=list_) if len(found) > PAGE else "",
    }
    return render(request, "rewards/friends.html", context)
