"""Sharing, as people meet it on a phone: with and without JavaScript."""

import pytest

from referrals.models import Activity
from referrals.services.codes import choose_code
from tests.factories.referrals import NOON, CustomerFactory, DestinationFactory, UserFactory
from tests.factories.sharing import LeaderboardAliasFactory
from tests.rewards.shop import Shop

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "orchard.localhost"


@pytest.fixture
def alice():
    orchard = Shop(name="Orchard", domain=HOST, offer_to_friends="A basket of apples.").merchant
    DestinationFactory(merchant=orchard, slug="green", title="Green weeks")
    alice = CustomerFactory(merchant=orchard, user=UserFactory(), name="Alice Liddell")
    choose_code(customer=alice, wanted="OLIVIA", now=NOON)
    LeaderboardAliasFactory(customer=alice)
    return alice


@pytest.fixture
def visit_as_alice(visit, alice):
    def sign_in(**how):
        visitor = visit(host=HOST, **how)
        visitor.sign_in(alice.user.email, "a-good-password")
        visitor.page.wait_for_url("**/")
        return visitor

    return sign_in


def test_one_tap_copies_the_words_and_tells_that_they_were_shared(visit_as_alice):
    visitor = visit_as_alice()
    page = visitor.open("/share/?to=green")
    with page.expect_response(lambda answer: answer.request.method == "POST") as told:
        page.get_by_role("button", name="Copy").click()
    assert told.value.status == 204
    page.get_by_role("button", name="Copied").wait_for()
    assert Activity.objects.get().reference == "copy/green"


def test_without_javascript_the_ways_are_links_and_a_button_tells(visit_as_alice):
    visitor = visit_as_alice(javascript=False)
    page = visitor.open("/share/")
    assert page.get_by_role("link", name="WhatsApp").get_attribute("href").startswith("https://wa.me/?text=")
    assert "/r/OLIVIA/?via=copy" in page.get_by_label("Or copy this").input_value()
    page.get_by_label("Have you shared it?").select_option("sms")
    page.get_by_role("button", name="I have shared it").click()
    page.get_by_text("Thank you for sharing.").wait_for()
    assert Activity.objects.get().reference == "sms"
