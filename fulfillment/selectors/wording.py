"""Notices in words: the merchant's own where there are some, else ours, in the reader's language."""

import re
from collections.abc import Mapping
from datetime import date, time
from typing import Any, NamedTuple

from babel.dates import format_date, format_time
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from config.lib.numbers import reader_locale, written
from fulfillment.models.notifications import Channel, Voice, Wording
from fulfillment.selectors.notices import BY_KIND, PLACEHOLDERS, STAFF_TOPIC
from referrals.models.merchants import Merchant
from referrals.selectors.sharing import public_url

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
PAGES = {"technician": "portal", "staff": "admin:index"}
"""Where readers find more; customers among their notifications."""
LANGUAGES = tuple(code for code, _ in settings.LANGUAGES)


class Said(NamedTuple):
    """A notice as a person reads it; plain text, of which nothing is markup."""

    title: str
    text: str


class EmailParts(NamedTuple):
    """A notice as an e-mail: its subject, and the body twice."""

    subject: str
    text: str
    html: str


def voice_of(merchant: Merchant) -> Voice:
    """How a merchant speaks; the usual way, if it has not said."""
    return Voice.objects.filter(merchant=merchant).first() or Voice(merchant=merchant)


def wordings_of(merchant: Merchant) -> dict[tuple[str, str, str], Wording]:
    """A merchant's own words, by kind, channel and language."""
    own = Wording.objects.filter(merchant=merchant)
    return {(each.kind, each.channel, each.language): each for each in own}


def say(
    *,
    kind: str,
    arguments: Mapping[str, Any],
    language: str,
    own: Mapping[tuple[str, str, str], Wording],
    channel: Channel | str = "",
) -> Said:
    """A notice in words.

    :param own: the merchant's words; those for the channel come before those for all.
    :param channel: empty: in the app.
    """
    language = language if language in LANGUAGES else settings.LANGUAGE_CODE
    wording = own.get((kind, channel, language)) or own.get((kind, "", language))
    with translation.override(language):
        told = _in_words(arguments)
        if wording is not None:
            return Said(_filled_in(wording.title, told), _filled_in(wording.text, told))
        notice = BY_KIND[kind]
        return Said(_filled_in(str(notice.title), told), _filled_in(str(notice.text), told))


def page_of(kind: str) -> str:
    """Where whoever is told of something goes from there."""
    return reverse(PAGES.get(BY_KIND[kind].to, "notifications-page"))


def as_email(said: Said, *, kind: str, merchant: Merchant, voice: Voice, language: str) -> EmailParts:
    """A notice as an e-mail, as HTML and as plain text."""
    is_chosen = BY_KIND[kind].topic != STAFF_TOPIC
    context = {
        "title": said.title,
        "paragraphs": [each.strip() for each in said.text.split("\n\n")],
        "sender": voice.sender_name or merchant.name,
        "language": language,
        "page": public_url(merchant, page_of(kind)),
        "choices": public_url(merchant, reverse("contact-settings")) if is_chosen else "",
    }
    with translation.override(language):
        return EmailParts(
            " ".join(said.title.split()),
            render_to_string("fulfillment/email/notice.txt", context),
            render_to_string("fulfillment/email/notice.html", context),
        )


def unknown_placeholders(text: str) -> list[str]:
    """What stands in braces in a text and is no placeholder."""
    return [name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS]


def _filled_in(text: str, told: Mapping[str, str]) -> str:
    """The text with what is told; nothing but names is looked up, so whoever writes texts can reach nothing else."""
    return _PLACEHOLDER.sub(lambda found: told.get(found[1], "…"), text)


def _in_words(arguments: Mapping[str, Any]) -> dict[str, str]:
    told = {name: str(value) for name, value in arguments.items()}
    if isinstance(points := arguments.get("points"), int):
        told["points"] = written(points)
    if "date" in arguments:
        told["date"] = format_date(date.fromisoformat(arguments["date"]), format="long", locale=reader_locale())
    if "time" in arguments:
        told["time"] = format_time(time.fromisoformat(arguments["time"]), format="short", locale=reader_locale())
    return told
