"""What a customer shares: the link, the words around it, and the way into each messenger."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from config.lib.rows import only_row
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer
from referrals.models.destinations import Destination
from referrals.models.links import Channel
from referrals.models.merchants import Merchant
from referrals.models.messages import WITH_WORDS, ShareMessage
from referrals.selectors import shown_first_name

USUAL_SUBJECT = gettext_noop("An invitation to {merchant}")
USUAL_TEXT = gettext_noop("I like {merchant}, and think that you will too. {offer} My code is {code}:")
OFFERED = (
    Channel.SHEET,
    Channel.WHATSAPP,
    Channel.SMS,
    Channel.EMAIL,
    Channel.TELEGRAM,
    Channel.FACEBOOK,
    Channel.MESSENGER,
    Channel.X,
    Channel.LINKEDIN,
    Channel.COPY,
)
"""The ways that a share page offers, in their order."""

CALLS = {Channel.SHEET: gettext_noop("My apps"), Channel.COPY: gettext_noop("Copy")}
"""What a share page calls ways whose names speak of the past."""

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SPACES = re.compile(r" {2,}")


class Share(msgspec.Struct, frozen=True):
    """What is shared by a channel.

    `text` holds the link, except where the channel takes it beside the text (`intent` is then made of both). `intent`
    opens the messenger with everything filled in; it is empty where only the device or the reader's hand can do it.
    """

    channel: str
    label: str
    link: str
    subject: str
    text: str
    intent: str


_INTENTS: Mapping[Channel, tuple[str, Mapping[str, str]]] = {
    Channel.WHATSAPP: ("https://wa.me/?", {"text": "text"}),
    Channel.SMS: ("sms:?&", {"body": "text"}),  # Of two families of phones, one wants "?" here and the other "&".
    Channel.EMAIL: ("mailto:?", {"subject": "subject", "body": "text"}),
    Channel.TELEGRAM: ("https://t.me/share/url?", {"url": "link", "text": "text"}),
    Channel.FACEBOOK: ("https://www.facebook.com/sharer/sharer.php?", {"u": "link"}),
    Channel.MESSENGER: ("fb-messenger://share/?", {"link": "link"}),
    Channel.X: ("https://x.com/intent/post?", {"text": "text"}),
    Channel.LINKEDIN: ("https://www.linkedin.com/sharing/share-offsite/?", {"url": "link"}),
}
"""What opens each messenger: where, and by which of its parameters it takes what."""

_LINK_BESIDE = frozenset({Channel.SHEET, Channel.TELEGRAM})


def public_url(merchant: Merchant, path: str) -> str:
    """An address of the merchant's pages for who is not on one, such as the reader of a mail."""
    site = urlsplit(settings.PUBLIC_URL)
    host = site.netloc.replace(site.hostname or "", merchant.domain) if merchant.domain else site.netloc
    return f"{site.scheme}://{host}{path}"


def link_path(*, code: ReferralCode, destination: Destination | None, channel: Channel) -> str:
    """The path of a shared link, which tells the channel; the way on from there adds the UTM words."""
    place = reverse("landing", args=[code, destination] if destination else [code])
    return f"{place}?via={channel}"


def compose_shares(
    *, code: ReferralCode, destination: Destination | None, site: Callable[[str], str], only: Channel | None = None
) -> list[Share]:
    """What there is to share of a code, by each channel, in the merchant's words.

    :param code: with its customer and merchant.
    :param site: makes an address of a path.
    :param only: this channel, not all that a share page offers.
    """
    channels = OFFERED if only is None else (only,)
    written = {each.channel: each for each in ShareMessage.objects.filter(merchant=code.merchant, channel__in=channels)}
    return [_compose(code, destination, channel, site, written.get(channel)) for channel in channels]


def _compose(
    code: ReferralCode,
    destination: Destination | None,
    channel: Channel,
    site: Callable[[str], str],
    written: ShareMessage | None,
) -> Share:
    link = site(link_path(code=code, destination=destination, channel=channel))
    text = subject = ""
    if channel in WITH_WORDS:
        words = {
            "name": shown_first_name(code.customer) or _("A friend"),
            "offer": code.merchant.offer_to_friends,
            "code": str(code),
            "link": link,
            "merchant": code.merchant.name,
        }
        text = fill_in(written.text if written else _(USUAL_TEXT), words)
        if link not in text and channel not in _LINK_BESIDE:
            text = f"{text}\n{link}"
        if channel is Channel.EMAIL:
            subject = fill_in((written and written.subject) or _(USUAL_SUBJECT), words)
    intent = _intent(channel, {"link": link, "text": text, "subject": subject})
    label = _(CALLS[channel]) if channel in CALLS else str(channel.label)
    return Share(channel.value, label, link, subject, text, intent)


def _intent(channel: Channel, shared: Mapping[str, str]) -> str:
    if channel not in _INTENTS:
        return ""
    base, parameters = _INTENTS[channel]
    # Spaces as %20: mail programs show a plus as a plus.
    return base + urlencode({name: shared[part] for name, part in parameters.items()}, quote_via=quote)


def fill_in(text: str, words: Mapping[str, str]) -> str:
    """A text with its placeholders filled in; what stands in the words themselves is not read again."""
    filled = _PLACEHOLDER.sub(lambda found: words.get(found[1], found[0]), text)
    return _SPACES.sub(" ", filled).strip()


def destinations_after(*, merchant: Merchant, after: int, limit: int) -> list[Destination]:
    """The merchant's destinations, in the order in which they were made.

    :param after: the internal id of the one before.
    """
    return list(Destination.objects.filter(merchant=merchant, pk__gt=after).order_by("pk")[:limit])


def open_destinations(*, merchant: Merchant) -> list[Destination]:
    """Where the merchant's links may lead now."""
    return list(Destination.objects.filter(merchant=merchant, is_open=True).order_by("pk"))


def main_code(*, customer: Customer) -> ReferralCode | None:
    """The code that a customer shares, with this customer and their merchant; None if they have none yet."""
    code = only_row(ReferralCode.objects.filter(customer=customer, is_main=True, retired_at=None))
    if code is not None:
        code.customer, code.merchant = customer, customer.merchant
    return code
