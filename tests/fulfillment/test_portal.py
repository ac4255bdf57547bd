"""The portal: a technician sees their jobs, does them, applies a reward to a repair, or gives a job back."""

import pytest
from django.test import Client
from django.utils import timezone

from tests.factories.referrals import MerchantFactory, UserFactory
from tests.fulfillment.desk import Desk, spent, status_of


@pytest.fixture
def desk(db):
    return Desk(now=timezone.now(), merchant=MerchantFactory(domain="orchard.localhost"))


@pytest.fixture
def tina(desk):
    return desk.technician()


def browser_of(technician):
    client = Client(headers={"Host": "orchard.localhost"})
    client.force_login(technician.user)
    return client


@pytest.fixture
def job(desk, tina):
    """Tina is to apply half off to a repair of Alice's."""
    option = desk.option("half-off", "repair_discount", discount="percentage", value=50, needs_technician=True)
    redemption = desk.redeem(desk.customer(points=100), option)
    desk.dispatch()
    return desk.job(redemption)


def page_of(job):
    return f"/portal/jobs/{job.uuid}/"


def test_a_job_is_begun_and_applied_to_a_repair_whose_price_was_seen(desk, tina, job):
    browser, record = browser_of(tina), desk.repair(desk.customer())
    assert page_of(job) in browser.get("/portal/").text

    browser.post(f"{page_of(job)}start/")
    page = browser.get(page_of(job)).text
    assert "$200.00" in page
    assert "$100.00" in page
    refused = browser.post(f"{page_of(job)}complete/", {}, follow=True)
    assert "choose the job" in refused.text
    done = browser.post(
        f"{page_of(job)}complete/", {"reference": record.reference, "price_after": "10000"}, follow=True
    )

    assert "Done. Thank you!" in done.text
    assert (status_of(job.redemption), spent(desk.customer())) == ("fulfilled", [-100])
    assert "$100.00" in browser.get(page_of(job)).text
    another = {"reference": "R-2", "kind": "repair", "amount": "10.00"}
    late = browser.post(f"{page_of(job)}repairs/", another, follow=True)
    assert "There is no such job." in late.text, "whoever is done has no more to do with the customer's repairs"


def test_a_repair_can_be_entered_but_none_changed(desk, tina, job):
    browser = browser_of(tina)
    entered = {"reference": "by-hand", "kind": "repair", "amount": "80.00"}

    page = browser.post(f"{page_of(job)}repairs/", entered, follow=True).text
    again = browser.post(f"{page_of(job)}repairs/", entered | {"amount": "1.00"}, follow=True).text

    assert "$40.00" in page
    assert "known already" in again
    assert "$40.00" in again


def test_a_job_is_declined_or_given_back_with_a_reason(desk, tina, job):
    browser, tom = browser_of(tina), desk.technician()
    assert "Say why." in browser.post(f"{page_of(job)}give-up/", {}, follow=True).text

    browser.post(f"{page_of(job)}give-up/", {"reason": "too_far", "words": "On the island"})

    assert browser.get(page_of(job)).status_code == 404
    desk.now = timezone.now()
    assert desk.dispatch() == [tom]
    assert "On the island" in browser_of(tom).get(page_of(desk.job(job.redemption))).text


def test_only_who_has_it_sees_a_job_and_only_technicians_the_portal(desk, tina, job):
    tom = browser_of(desk.technician())
    assert page_of(job) not in tom.get("/portal/").text
    for act in ("", "start/", "complete/", "give-up/", "notes/", "repairs/"):
        method = tom.post if act else tom.get
        assert method(page_of(job) + act).status_code == 404

    customer, stranger = Client(headers={"Host": "orchard.localhost"}), Client(headers={"Host": "orchard.localhost"})
    customer.force_login(UserFactory())
    assert customer.get("/portal/").status_code == 403
    assert stranger.get("/portal/").status_code == 302
    tina.is_active = False
    tina.save()
    assert browser_of(tina).get("/portal/").status_code == 403


def test_at_another_merchants_host_the_job_is_not_there(desk, tina, job):
    MerchantFactory(domain="vineyard.localhost")
    client = Client(headers={"Host": "vineyard.localhost"})
    client.force_login(tina.user)
    assert client.get(page_of(job)).status_code == 403


def test_a_service_without_repair_is_done_with_a_note(desk, tina):
    service = desk.option("polish", "free_service", discount="free", needs_technician=True)
    redemption = desk.redeem(desk.customer(points=100), service)
    desk.dispatch()
    browser, path = browser_of(tina), page_of(desk.job(redemption))

    browser.post(f"{path}notes/", {"words": "Ring twice"})
    browser.post(f"{path}complete/", {"words": "All shiny"})

    assert status_of(redemption) == "fulfilled"
    assert "Ring twice" in browser.get(path).text
