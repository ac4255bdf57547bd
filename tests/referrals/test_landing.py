"""What a friend finds who follows a link, and what is noted of it."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from referrals.models import Click, ShareLink
from referrals.services.clicks import Visit, follow_link
from referrals.services.codes import CodeTerms, add_code, choose_code, issue_code
from tests.factories.referrals import NOON, CustomerFactory, DestinationFactory, MerchantFactory

pytestmark = pytest.mark.django_db
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1"
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
MACHINES = [
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "WhatsApp/2.24.1 A",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "curl/8.5.0",
    "",
]


@pytest.fixture
def shop():
    return MerchantFactory(name="Farmacy Food", offer_to_friends="A free meal with your third order.")


@pytest.fixture
def plan(shop):
    return DestinationFactory(merchant=shop, slug="green", title="Green weeks", picture_url="https://x.example/g.jpg")


@pytest.fixture
def code(shop):
    alice = CustomerFactory(merchant=shop, name="Alice Liddell", shows_first_name=True)
    return choose_code(customer=alice, wanted="OLIVIA", now=NOON)


@pytest.fixture
def phone(client):
    client.defaults["HTTP_USER_AGENT"] = PHONE
    return client


def test_the_page_names_the_friend_the_offer_and_the_destination(phone, code, plan):
    page = phone.get("/r/olivia/green/")

    assert page["Referrer-Policy"] == "no-referrer"
    assert "Alice invites you to Farmacy Food" in page.text
    assert "Liddell" not in page.text
    for told in ("A free meal with your third order.", "Green weeks", "OLIVIA", 'og:image" content="https://x.exam'):
        assert told in page.text
    assert plan.url not in page.text


def test_who_did_not_choose_to_be_named_is_a_friend(phone, shop):
    shy = issue_code(customer=CustomerFactory(merchant=shop, name="Dora Deer"), now=NOON)

    page = phone.get(f"/r/{shy}/")

    assert "A friend invites you" in page.text
    assert "Dora" not in page.text


def test_a_browser_remembers_the_code_for_90_days(phone, code):
    cookie = phone.get("/r/olivia/?via=sms").cookies["grapevine_referral"]

    assert re.fullmatch(rf"{code.code}\.{ShareLink.objects.get().uuid}\.[0-9]{{10}}", cookie.value)
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (90 * 86400, True, "Lax")


def test_the_way_on_leads_where_the_merchant_said_and_tells_the_code_and_the_link(phone, code, plan):
    phone.get("/r/olivia/green/?via=sms")
    answer = phone.get("/r/olivia/green/go/?via=sms&next=https://evil.example/&url=https://evil.example/")
    target = urlsplit(answer["Location"])

    assert (answer.status_code, answer["Referrer-Policy"]) == (302, "no-referrer")
    assert f"{target.scheme}://{target.netloc}{target.path}" == "https://shop.example.com/plans/green"
    assert parse_qs(target.query) == {
        "size": ["2"],
        "referral_code": ["OLIVIA"],
        "referral_link": [str(ShareLink.objects.get().uuid)],
        "utm_source": ["sms"],
        "utm_medium": ["referral"],
    }


def test_a_link_without_a_destination_goes_on_to_the_merchants_site(phone, code):
    site = DestinationFactory(merchant=code.merchant, kind="site", slug="shop")
    assert f"/r/OLIVIA/{site}/go/?via=qr" in phone.get("/r/olivia/?via=qr").text


def test_what_is_over_or_not_open_or_of_another_merchant_is_not_found(phone, code, plan):
    later = add_code(customer=code.customer, terms=CodeTerms(starts_at=NOON.replace(year=2099)), now=NOON)
    past = add_code(customer=code.customer, terms=CodeTerms(ends_at=NOON.replace(year=2020)), now=NOON)
    DestinationFactory(merchant=code.merchant, slug="closed", is_open=False)
    DestinationFactory(slug="elsewhere")

    for path in (f"{later}/", f"{past}/", "NOBODYS/", "7K3M9QX2RT1/", "olivia/closed/", "olivia/elsewhere/"):
        assert phone.get(f"/r/{path}").status_code == 404
    assert not Click.objects.exists()


def test_a_click_is_recorded_with_its_channel_and_device_and_without_an_address(phone, code, plan):
    phone.get("/r/olivia/green/?via=whatsapp", REMOTE_ADDR="198.51.100.7")
    click = Click.objects.select_related("link__destination").get()

    assert (click.link.channel, click.link.destination, click.device) == ("whatsapp", plan, "phone")
    assert len(bytes(click.address_hash)) == len(bytes(click.visitor_hash)) == 32
    assert b"198.51" not in bytes(click.address_hash)


@pytest.mark.parametrize("agent", MACHINES)
def test_machines_see_the_page_and_leave_no_trace(client, code, agent):
    page = client.get("/r/olivia/", HTTP_USER_AGENT=agent)

    assert "og:title" in page.text
    assert not page.cookies
    assert not ShareLink.objects.exists()


def test_what_is_only_fetched_ahead_or_headed_is_no_click(phone, code):
    phone.head("/r/olivia/")
    phone.get("/r/olivia/", HTTP_SEC_PURPOSE="prefetch;prerender")
    assert not Click.objects.exists()


def test_repeats_within_an_hour_are_one_click_and_other_visitors_and_links_are_not(code):
    def click(minutes, *, agent=PHONE, address="198.51.100.7", channel="sms"):
        at = NOON + timedelta(minutes=minutes)
        follow_link(code=code, destination=None, channel=channel, visit=Visit(address, agent), now=at)
        return Click.objects.count()

    assert [click(0), click(1), click(59), click(60), click(119)] == [1, 1, 1, 2, 2]
    assert [click(119, agent=LAPTOP), click(119, address="198.51.100.8"), click(119, channel="x")] == [3, 4, 5]


def test_a_channel_that_nobody_knows_makes_no_row_of_its_own(phone, code):
    for tag in ("pigeon", "owl", "x" * 500):
        phone.get("/r/olivia/", {"via": tag})
    assert ShareLink.objects.get().channel == "other"


@pytest.mark.parametrize(("extension", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_the_link_is_also_a_picture(phone, code, extension, begins):
    picture = phone.get(f"/r/olivia/qr.{extension}")

    assert picture["Content-Type"].startswith("image/")
    assert picture.content.startswith(begins)
    assert phone.get(f"/r/NOBODYS/qr.{extension}").status_code == 404
