"""The pages about a customer's points: their statement, on paper too."""

from itertools import chain

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.lib.pages import PageRequest, customer_required
from config.lib.queries import QueryInvalid, read_cursor, write_cursor
from config.lib.spreadsheets import as_csv
from credits.selectors.accounts import balance_of, expiring_days, find_account
from rewards.selectors.statement import statement_page, whole_statement
from rewards.views.programme import shown_terms

PAGE_SIZE = 25
DAYS_AHEAD = 365
HEADINGS = ("day", "points", "what_for", "reference", "lapses_on")


@customer_required
@require_safe
def statement(request: PageRequest) -> HttpResponse:
    """Every movement of one's points with what caused it, newest first; and what lapses when.

    :raises Http404: if the cursor is none of this list.
    """
    customer, now = request.customer, timezone.now()
    terms = shown_terms(request.merchant)
    account = find_account(wallet_id=terms.wallet_id, customer_id=customer.pk)
    list_ = f"statement:{customer.pk}"
    try:
        before = read_cursor(request, of=list_)
    except QueryInvalid as error:
        raise Http404 from error
    page = statement_page(account=account, before=before, limit=PAGE_SIZE, now=now)
    context = {
        "balance": balance_of(account, now=now),
        "lines": page.lines,
        "is_first": before is None,
        "next": write_cursor(page.next_before, of=list_) if page.next_before else "",
        "expiring": expiring_days(terms=terms, account=account, days=DAYS_AHEAD, now=now) if account else [],
    }
    return render(request, "rewards/statement.html", context)


@customer_required
@require_safe
def statement_file(request: PageRequest) -> StreamingHttpResponse:
    """One's whole statement for a spreadsheet, sent while it is read."""
    terms = shown_terms(request.merchant)
    account = find_account(wallet_id=terms.wallet_id, customer_id=request.customer.pk)
    pages = whole_statement(account=account, now=timezone.now())
    rows = (
        as_csv(
            (
                line.occurred_at.astimezone(terms.zone).date().isoformat(),
                line.points,
                line.sentence,
                line.reference or "",
                line.last_moment.astimezone(terms.zone).date().isoformat() if line.last_moment else "",
            )
            for line in page
        )
        for page in pages
    )
    return StreamingHttpResponse(
        chain([as_csv([HEADINGS])], rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="statement.csv"'},
    )
