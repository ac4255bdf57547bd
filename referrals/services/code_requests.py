"""What other systems and files ask for when they want a code, and giving it to them."""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Annotated, TextIO

import msgspec
from msgspec import Meta

from config.lib.bodies import Email, Identifier, Moment, check_moment, mistake, read_struct
from config.lib.errors import DomainError, Invalid
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.selectors import get_customer
from referrals.services.codes import FOR_ALL, CodeTerms, add_code, choose_code, issue_code, replace_code

USES_MAX = 1_000_000
COLUMNS = ("customer", "code", "starts_at", "ends_at", "uses_max", "friend", "friend_email")

Wanted = Annotated[str, Meta(min_length=4, max_length=40, pattern=r"^[0-9A-Za-z -]+$(?!\n)")]
Limit = Annotated[int, Meta(ge=1, le=USES_MAX)]


class CodeRequest(msgspec.Struct, frozen=True):
    """A code for a customer: the merchant's id of the customer, or ours. The rest is as wished."""

    customer: Identifier
    code: Annotated[Wanted | None, Meta(description="A code that somebody chose.")] = None
    starts_at: Moment | None = None
    ends_at: Annotated[Moment | None, Meta(description="The first moment at which nobody joins by it.")] = None
    uses_max: Annotated[Limit | None, Meta(description="How many friends may join by it.")] = None
    friend: Annotated[Identifier | None, Meta(description="The only customer who may join by it.")] = None
    friend_email: Annotated[Email | None, Meta(description="The only e-mail with which one may join by it.")] = None
    replace: Annotated[bool, Meta(description="Retire the main code, and make another.")] = False


class Tally(msgspec.Struct):
    """How many rows of a file were given their code, and how many were refused."""

    issued: int = 0
    refused: int = 0


def give_code(*, merchant: Merchant, request: CodeRequest, now: datetime) -> ReferralCode:
    """The code that is asked for: the main one, a chosen one that becomes the main one, or a further one under terms.

    :raises NotFound: if the merchant has no such customer, or no such friend.
    :raises Invalid: if the request contradicts itself.
    :raises CodeNotAllowed: if nobody may choose that code.
    :raises CodeTaken: if it is not free.
    """
    customer = get_customer(merchant=merchant, reference=request.customer)
    terms = _terms(customer, request)
    if terms != FOR_ALL:
        return add_code(customer=customer, terms=terms, wanted=request.code or "", now=now)
    if request.code:
        return choose_code(customer=customer, wanted=request.code, now=now)
    return (replace_code if request.replace else issue_code)(customer=customer, now=now)


def import_codes(*, merchant: Merchant, text: TextIO, report: Callable[[int, str], None], now: datetime) -> Tally:
    """Give the codes that a CSV file asks for, each by itself; the same file again changes nothing.

    The header names the columns, in any order; an empty cell says nothing. Without terms and without a code of its
    own, a row gives the customer the main code; a row with terms must name its code.

    :param report: is told the line and the sentence of each row that was refused.
    :raises Invalid: if the header names no customer, or a column that is not known.
    """
    tally = Tally()
    for line, cells in _rows(text):
        try:
            give_code(merchant=merchant, request=_read_row(cells), now=now)
        except DomainError as error:
            report(line, " ".join([error.detail, *(each["detail"] for each in getattr(error, "errors", ()))]))
            tally.refused += 1
        else:
            tally.issued += 1
    return tally


def _rows(text: TextIO) -> Iterator[tuple[int, dict[str, str]]]:
    rows = csv.DictReader(text, restkey="", restval="")
    header = rows.fieldnames or ()
    if "customer" not in header or not set(header) <= set(COLUMNS) or len(set(header)) != len(header):
        raise Invalid(f"The header must name 'customer', and may name each of {', '.join(COLUMNS[1:])} once.")
    for row in rows:
        yield rows.line_num, row


def _read_row(cells: dict[str, str]) -> CodeRequest:
    if "" in cells:
        raise Invalid("There are more cells than columns.")
    said: dict[str, str | int] = {name: cell for name, cell in cells.items() if cell}
    if (limit := cells.get("uses_max", "")).isdecimal() and limit.isascii() and len(limit) <= len(str(USES_MAX)):
        said["uses_max"] = int(limit)
    request = read_struct(said, CodeRequest)
    if request.code is None and said.keys() - {"customer"}:
        raise Invalid("A code under terms must be named, so that the same row again does not make another.")
    return request


def _terms(customer: Customer, request: CodeRequest) -> CodeTerms:
    if request.friend and request.friend_email:
        raise mistake("A code is for one friend.", "/friend_email", "invalid", "Name the friend in one way")
    for name in ("starts_at", "ends_at"):
        if (moment := getattr(request, name)) is not None:
            check_moment(moment, f"/{name}")
    if request.starts_at and request.ends_at and request.ends_at <= request.starts_at:
        raise mistake("The window is empty.", "/ends_at", "invalid", "Must be later than starts_at")
    friend = get_customer(merchant=customer.merchant, reference=request.friend) if request.friend else None
    if friend == customer:
        raise mistake("Nobody refers themselves.", "/friend", "invalid", "Must be another customer")
    terms = CodeTerms(
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        uses_max=request.uses_max,
        friend_id=None if friend is None else friend.pk,
        friend_email=request.friend_email or "",
    )
    if request.replace and (request.code or terms != FOR_ALL):
        raise mistake("A replacement is a new main code.", "/replace", "invalid", "Must stand without code and terms")
    return terms
