"""The mail of the demo: in development nothing leaves the house, and a page shows what would have."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

SHOWN_MAX = 100
BETWEEN_MAILS = b"\n" + b"-" * 79 + b"\n"
"""What the file back end writes after each mail."""


class Mail(NamedTuple):
    """One mail, as a reader sees it."""

    number: int
    subject: str
    to: str
    date: str
    text: str


@require_safe
def dev_mail(request: HttpRequest) -> HttpResponse:
    """The newest mails first.

    :raises Http404: where mail goes out.
    """
    return render(request, "fulfillment/dev_mail.html", {"mails": [_shown(*each) for each in _newest()]})


@require_safe
def dev_mail_html(request: HttpRequest, number: int) -> HttpResponse:
    """One mail as HTML.

    :raises Http404: where mail goes out, or if there is no such mail.
    """
    found = dict(_newest()).get(number)
    part = found.get_body(("html",)) if found else None
    if part is None:
        raise Http404
    return HttpResponse(part.get_content())


def _newest() -> list[tuple[int, EmailMessage]]:
    if settings.IN_PRODUCTION or not settings.DEV_MAIL_FOLDER:
        raise Http404
    files = sorted(Path(settings.DEV_MAIL_FOLDER).glob("*.log"), key=lambda path: path.stat().st_mtime)
    raw = [mail for path in files for mail in path.read_bytes().split(BETWEEN_MAILS) if mail.strip()]
    numbered = list(enumerate(raw, 1))[-SHOWN_MAX:]
    return [(number, message_from_bytes(mail.lstrip(), policy=default)) for number, mail in reversed(numbered)]


def _shown(number: int, mail: EmailMessage) -> Mail:
    part = mail.get_body(("plain",))
    text = part.get_content() if part else ""
    return Mail(number, str(mail["Subject"]), str(mail["X-To"] or mail["To"]), str(mail["Date"]), text)
