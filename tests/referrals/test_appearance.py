"""What pages look like for a merchant: colours that can be read whatever it likes, and what makes an app of them."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from hypothesis import example, given
from hypothesis import strategies as st

from config.lib.colours import DARK_GROUND, DARK_SURFACE, LIGHT_GROUND, LIGHT_SURFACE, dark_accent, light_accent
from tests.factories.referrals import MerchantFactory
from tests.house.test_pages import contrast

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
HOST = "orchard.localhost"


@given(COLOURS)
@example("#000000")
@example("#ffffff")
@example("#ffff00")
@example("#0000ff")
def test_whatever_colour_is_given_links_and_buttons_can_be_read_in_both_schemes(colour):
    for accent, grounds in (
        (light_accent(colour), (LIGHT_GROUND, LIGHT_SURFACE)),
        (dark_accent(colour), (DARK_GROUND, DARK_SURFACE)),
    ):
        for shade in (accent.plain, accent.strong):
            assert min(contrast(shade, ground) for ground in (*grounds, accent.on)) >= 4.5


@pytest.mark.parametrize(("of", "colour"), [(light_accent, "#2e7d32"), (dark_accent, "#ffc107")])
def test_a_colour_that_can_be_read_already_stays_as_it_is(of, colour):
    assert of(colour).plain == colour


def test_the_grounds_are_those_of_the_pages():
    light, dark = (Path(settings.BASE_DIR) / "static/css/base.css").read_text().split("prefers-color-scheme")

    for part, tokens in ((light, (LIGHT_GROUND, LIGHT_SURFACE)), (dark, (DARK_GROUND, DARK_SURFACE))):
        assert re.search("--ground: (.+);\n *--surface: (.+);", part).groups() == tokens


@pytest.fixture
def orchard(db):
    return MerchantFactory(name="Orchard", domain=HOST, accent="#FFC107", logo_url="https://orchard.example/logo.svg")


def test_pages_take_the_merchants_accent_from_a_sheet_that_is_kept_for_long(client, orchard):
    page = client.get("/", headers={"Host": HOST}).text
    address = re.search(r'href="(/accent/\w+\.css)"', page)[1]

    sheet = client.get(address, headers={"Host": HOST})

    assert sheet["Content-Type"] == "text/css"
    assert sheet["Cache-Control"] == "public, max-age=2592000"
    assert "Cookie" not in sheet.get("Vary", "")
    assert [name in sheet.text for name in ("--accent: #ffc107;", f"--on-accent: {DARK_GROUND};")] == [True, True]
    assert 'src="https://orchard.example/logo.svg"' in page


@pytest.mark.parametrize("asked", ["red", "2e7d3", "2e7d32;", "{}"])
def test_what_is_no_colour_has_no_sheet(client, db, asked):
    assert client.get(f"/accent/{asked}.css").status_code == 404


@pytest.mark.parametrize(("host", "name"), [(HOST, "Orchard"), ("localhost", "Grapevine")])
def test_the_pages_can_be_installed_under_the_merchants_name(client, orchard, host, name):
    link = re.search(r'<link rel="manifest" href="(.+?)">', client.get("/", headers={"Host": host}).text)[1]

    answer = client.get(link, headers={"Host": host})

    assert answer["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["name"], manifest["display"], manifest["start_url"]) == (name, "standalone", "/")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    for icon in manifest["icons"]:
        client.get(icon["src"]).close()
        assert (Path(settings.BASE_DIR) / icon["src"].lstrip("/")).is_file()
