"""What is shared: the link, the merchant's words, and the way into each messenger."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ValidationError

from referrals.models import Channel, ShareMessage
from referrals.selectors.sharing import compose_shares, fill_in, public_url
from referrals.services.codes import choose_code
from tests.factories.referrals import NOON, CustomerFactory, DestinationFactory, MerchantFactory
from tests.factories.sharing import ShareMessageFactory

pytestmark = pytest.mark.django_db
LINK = "https://shop.example/r/OLIVIA/?via="


@pytest.fixture
def code():
    shop = MerchantFactory(name="Corner & Shop", offer_to_friends="100 points.")
    return choose_code(customer=CustomerFactory(merchant=shop, name="Alice L"), wanted="OLIVIA", now=NOON)


def shares(code, place=None):
    found = compose_shares(code=code, destination=place, site=lambda path: f"https://shop.example{path}")
    return {share.channel: share for share in found}


def query(address):
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query.lstrip("&")).items()}


def test_every_way_carries_its_own_channel_and_messengers_open_with_everything_filled_in(code):
    found = shares(code)
    text = f"I like Corner & Shop, and think that you will too. 100 points. My code is OLIVIA:\n{LINK}"
    expected = {
        "whatsapp": ("wa.me", {"text": f"{text}whatsapp"}),
        "sms": ("", {"body": f"{text}sms"}),
        "email": ("", {"subject": "An invitation to Corner & Shop", "body": f"{text}email"}),
        "telegram": ("t.me", {"url": f"{LINK}telegram", "text": text.partition("\n")[0]}),
        "facebook": ("www.facebook.com", {"u": f"{LINK}facebook"}),
        "messenger": ("share", {"link": f"{LINK}messenger"}),
        "x": ("x.com", {"text": f"{text}x"}),
        "linkedin": ("www.linkedin.com", {"url": f"{LINK}linkedin"}),
    }
    assert {name: (urlsplit(it.intent).netloc, query(it.intent)) for name, it in found.items() if it.intent} == expected
    assert "+" not in found["email"].intent
    assert (found["copy"].text, found["sheet"].link) == (f"{text}copy", f"{LINK}sheet")


def test_the_merchants_words_are_said_and_name_the_sharer_only_if_they_wish(code):
    ShareMessageFactory(merchant=code.merchant, channel="sms", text="{name}: {link} ({code}) {offer}")
    assert shares(code)["sms"].text == f"A friend: {LINK}sms (OLIVIA) 100 points."
    code.customer.shows_first_name = True
    assert shares(code)["sms"].text.startswith("Alice: ")


def test_a_destination_stands_in_the_link(code):
    place = DestinationFactory(merchant=code.merchant, slug="green")
    assert shares(code, place)["x"].link == "https://shop.example/r/OLIVIA/green/?via=x"


def test_words_cannot_reach_anything_but_what_they_are_given():
    words = {"name": "{code} {0.__class__}", "code": "SECRET"}
    assert fill_in("{name} {code.__class__} {who}", words) == "{code} {0.__class__} {code.__class__} {who}"


@pytest.mark.parametrize("text", ["{email}", "{code.__class__}", "{", "{}"])
def test_staff_are_told_which_placeholders_there_are(text):
    message = ShareMessage(merchant=MerchantFactory(), channel=Channel.SMS, text=text)
    with pytest.raises(ValidationError, match="Braces are for"):
        message.full_clean()


def test_mail_leads_to_the_merchants_own_host(settings):
    settings.PUBLIC_URL = "https://pages.example:8443"
    assert public_url(MerchantFactory(domain="orchard.example"), "/x/") == "https://orchard.example:8443/x/"
    assert public_url(MerchantFactory(), "/x/") == "https://pages.example:8443/x/"
