"""A customer's statement: in pages, as a file, and what of it will lapse when."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from config.lib.openapi import problems
from config.lib.queries import choice, read_cursor, whole_number, write_cursor
from config.lib.requests import ApiRequest
from config.lib.spreadsheets import Cell, as_csv
from credits.models.accounts import Account
from credits.selectors.accounts import expiring_days, find_account
from credits.selectors.terms import WalletTerms
from referrals.models.api_keys import Scope
from referrals.models.customers import Customer
from rewards.api.calling import Asking, asking
from rewards.api.shapes import EXPIRING, STATEMENT
from rewards.selectors.statement import Line, Page, statement_page, whole_statement

PAGE_SIZE = 50
PAGE_SIZE_MAX = 100
DAYS = 90
DAYS_MAX = 3_660
FORMS = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
COLUMNS = (
    "posted_at", "occurred_at", "kind", "points", "sentence", "remark", "reference", "policy", "pending",
    "expires_at", "id",
)  # fmt: skip

PAGE_SIZE_PARAMETER = OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": PAGE_SIZE_MAX})
CURSOR_PARAMETER = OpenApiParameter("cursor", str, description="What `next` said in the page before.")


class StatementView(APIView):
    """One customer's statement."""

    scope = Scope.CREDITS

    @extend_schema(
        operation_id="read_statement",
        parameters=[PAGE_SIZE_PARAMETER, CURSOR_PARAMETER],
        responses={200: STATEMENT, **problems(400, 404, 409)},
    )
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """Every movement of a customer's points with what caused it, newest first, in pages.

        `next` leads to the next page, and is null on the last. What is posted meanwhile shifts nothing.
        """
        door = asking(request)
        customer = door.customer(reference)
        page, next_ = read_page(request, customer, door.terms, list_="statement", now=door.now)
        return as_json({"customer": customer.public_id, "entries": page.lines, "next": next_})


class StatementExportView(APIView):
    """One customer's statement as a file. The query says in which form; what the caller accepts does not matter."""

    scope = Scope.EXPORTS

    class content_negotiation_class(DefaultContentNegotiation):  # noqa: N801 (the framework's name)
        """Any form is acceptable."""

        def select_renderer(
            self, request: Request, renderers: Any, format_suffix: str | None = None
        ) -> tuple[BaseRenderer, str]:
            """The first, which is for problems."""
            return renderers[0], renderers[0].media_type

    @extend_schema(
        operation_id="export_statement",
        parameters=[OpenApiParameter("as", {"enum": list(FORMS), "default": "csv"})],
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/json"): STATEMENT,
            **problems(400, 404, 409),
        },
    )
    def get(self, request: ApiRequest, reference: str) -> StreamingHttpResponse:
        """The whole statement, newest first, as CSV or JSON, sent while it is read.

        Cells that a spreadsheet would run as a formula begin with a quotation mark.
        """
        form = choice(request, "as", options=FORMS, default="csv")
        door = asking(request)
        customer = door.customer(reference)
        pages = whole_statement(account=_account(customer, door), now=door.now)
        # The first page is read before anything is sent: while the database is away the answer is a problem.
        pages = chain([next(pages)], pages)
        parts = _csv_parts(pages) if form == "csv" else _json_parts(customer.public_id, pages)
        return StreamingHttpResponse(
            parts,
            content_type=FORMS[form],
            headers={"Content-Disposition": f'attachment; filename="statement.{form}"', "Cache-Control": "no-store"},
        )


class ExpiringView(APIView):
    """What of one customer's points lapses."""

    scope = Scope.CREDITS

    @extend_schema(
        operation_id="read_expiring",
        parameters=[OpenApiParameter("days", {"type": "integer", "minimum": 1, "maximum": DAYS_MAX, "default": DAYS})],
        responses={200: EXPIRING, **problems(400, 404, 409)},
    )
    def get(self, request: ApiRequest, reference: str) -> HttpResponse:
        """What lapses within the next days if nothing is spent.

        `day` is the last day of the merchant's calendar on which the points can be spent.
        """
        days = whole_number(request, "days", default=DAYS, low=1, high=DAYS_MAX)
        door = asking(request)
        customer = door.customer(reference)
        account = _account(customer, door)
        lapsing = expiring_days(terms=door.terms, account=account, days=days, now=door.now) if account else []
        return as_json({"customer": customer.public_id, "as_of": door.now, "days": lapsing})


def read_page(
    request: Request, customer: Customer, terms: WalletTerms, *, list_: str, now: datetime
) -> tuple[Page, str | None]:
    """The page of a customer's statement that a request asks for, and the cursor of the next one.

    :param list_: the name of the list; cursors of others are not accepted.
    :raises QueryInvalid: if the page size or the cursor cannot be accepted.
    """
    limit = whole_number(request, "page_size", default=PAGE_SIZE, low=1, high=PAGE_SIZE_MAX)
    of = f"{list_} {customer.pk}"
    before = read_cursor(request, of=of)
    account = find_account(wallet_id=terms.wallet_id, customer_id=customer.pk)
    page = statement_page(account=account, before=before, limit=limit, now=now)
    return page, None if page.next_before is None else write_cursor(page.next_before, of=of)


def as_json(body: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """An answer; decimal amounts are numbers in it."""
    headers = {"Cache-Control": "no-store"}
    return HttpResponse(_encoder.encode(body), status=status, content_type="application/json", headers=headers)


_encoder = msgspec.json.Encoder(decimal_format="number")


def _account(customer: Customer, door: Asking) -> Account | None:
    return find_account(wallet_id=door.terms.wallet_id, customer_id=customer.pk)


def _csv_parts(pages: Iterator[list[Line]]) -> Iterator[str]:
    yield as_csv([COLUMNS])
    for lines in pages:
        yield as_csv([[_cell(getattr(line, column)) for column in COLUMNS] for line in lines])


def _cell(value: str | int | datetime | None) -> Cell:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(timezone.get_default_timezone()).isoformat()
    return "" if value is None else value


def _json_parts(customer: str, pages: Iterator[list[Line]]) -> Iterator[bytes]:
    yield b'{"customer":' + msgspec.json.encode(customer) + b',"entries":['
    between = b""
    for lines in pages:
        for line in lines:
            yield between + msgspec.json.encode(line)
            between = b","
    yield b'],"next":null}'
