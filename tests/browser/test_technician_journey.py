"""A reward on a repair, with a real worker: its customer redeems it, a technician does the job, and both see it."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from fulfillment.models import Notification, Redemption
from fulfillment.services.dispatch import approve
from fulfillment.tasks import deliver_pending, read_events
from referrals.models import Customer, Merchant
from tests.api.caller import CUSTOMERS, SERVICE_RECORDS, service_record
from tests.api.points import Till
from tests.concurrency.processes import CeleryWorker, sweeping, wait_until
from tests.factories.fulfillment import TechnicianFactory
from tests.factories.referrals import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "rs-systems.localhost"
PASSWORD = "a-good-password"
REWARD = "15 % off a repair"
BOTH_QUEUES = ("--queues", "celery,outbound")


@pytest.fixture
def garage(transactional_db):
    call_command("program", "apply", "rs-systems", verbosity=0)
    return Merchant.objects.get(slug="rs-systems")


@pytest.fixture
def alice(garage, new_caller):
    """A customer with points to spend, whose truck the repair system has told of."""
    api = new_caller(garage)
    api.post(CUSTOMERS, {"id": "alice", "email": "alice@example.com", "name": "Alice Liddell"})
    Till(api).earn(600)
    told = service_record(reference="WS-2041", title="Windshield, blue truck", amount=180_00)
    assert api.post(SERVICE_RECORDS, told).status_code == 201
    alice = Customer.objects.get(external_id="alice")
    alice.user = UserFactory()
    alice.save()
    return alice


def say_when_she_works(technician):
    page = technician.open("/portal/")
    page.get_by_role("link", name="When I work").click()
    for weekday in ("Monday", "Tuesday"):
        page.get_by_label(weekday).check()
    page.get_by_label("From").fill("09:00")
    page.get_by_label("Until").fill("17:30")
    page.get_by_role("button", name="Add these hours").click()
    page.get_by_text("This is when you work.").wait_for()


def test_a_technician_applies_a_reward_to_a_repair_and_its_customer_sees_it(garage, alice, visit, picture, tmp_path):
    tina = TechnicianFactory(merchant=garage)
    with CeleryWorker("garage", tmp_path, BOTH_QUEUES) as worker, sweeping(deliver_pending, read_events):
        customer = visit(HOST)
        customer.sign_in(alice.user.email, PASSWORD)
        customer.page.wait_for_url("**/")
        customer.open("/rewards/").get_by_role("link", name=f"Redeem: {REWARD}").last.click()
        customer.page.get_by_role("heading", name=REWARD).wait_for()
        picture(customer, "redeeming")
        customer.page.get_by_role("button", name="Redeem").click()
        customer.page.get_by_text("Waits for approval").wait_for()
        asked = Redemption.objects.get(customer=alice)
        approve(redemption_id=asked.pk, person=UserFactory(), now=timezone.now())
        assert wait_until(lambda: Notification.objects.filter(user=tina.user, kind="job_assigned").exists()), worker.log

        technician = visit(HOST)
        technician.sign_in(tina.user.email, PASSWORD, at="/portal/")
        technician.page.get_by_role("heading", name="Your jobs").wait_for()
        picture(technician, "portal")
        technician.page.get_by_role("link", name=REWARD).click()
        technician.page.get_by_role("button", name="Begin").click()
        technician.page.get_by_role("heading", name="Apply to WS-2041").wait_for()
        technician.page.get_by_text("$153.00").wait_for()
        picture(technician, "job")
        technician.page.get_by_role("button", name="Apply it, and finish").click()
        technician.page.get_by_text("Done. Thank you!").wait_for()
        assert technician.barriers() == []
        say_when_she_works(technician)
        picture(technician, "availability")
        assert wait_until(lambda: Notification.objects.filter(kind="redemption_fulfilled").exists()), worker.log

    customer.page.reload()
    customer.page.get_by_text("$180.00 → $153.00").wait_for()
    picture(customer, "redemption")
    customer.open("/notifications/").get_by_text(f"Done: {REWARD}").wait_for()
    picture(customer, "inbox")
