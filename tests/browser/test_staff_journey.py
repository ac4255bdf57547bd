"""A day at the desk, with a real worker: staff look somebody up, put points right, approve, and try a policy."""

import pytest
from django.core.management import call_command
from django.utils import timezone

from fulfillment.services.moving import CUSTOMER
from fulfillment.services.redemptions import Wish, redeem
from referrals.models import Customer, Merchant
from referrals.services.staff import Role, ensure_roles, make_staff
from rewards.models import Evaluation, RewardOption
from tests.api.points import Till
from tests.browser.visitor import DESKTOP
from tests.concurrency.processes import CeleryWorker, nudge_workers, wait_until
from tests.factories.referrals import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a-good-password"
ALICE = {"id": "alice", "email": "alice@example.com", "name": "Alice Liddell"}


@pytest.fixture
def acme(transactional_db):
    call_command("program", "apply", "acme-shop", verbosity=0)
    return Merchant.objects.get(slug="acme-shop")


@pytest.fixture
def paula(acme):
    """A programme manager."""
    ensure_roles()
    person = UserFactory(first_name="Paula")
    make_staff(user=person, role=Role.PROGRAMME_MANAGER, merchants=[acme])
    return person


def asks_for_an_experience(alice):
    option = RewardOption.objects.get(merchant=alice.merchant, code="REWARD-201")
    redeem(wish=Wish(alice, option, 1, "request:1", CUSTOMER), now=timezone.now())


def test_staff_look_a_customer_up_correct_approve_and_try_a_policy(acme, paula, new_caller, visit, picture, tmp_path):
    shop = new_caller(acme)
    with CeleryWorker("desk", tmp_path) as worker:
        assert shop.buy(order_id="A-1001", customer=ALICE).status_code == 202
        Till(shop).earn(5000)
        alice = Customer.objects.get(external_id="alice")
        asks_for_an_experience(alice)
        nudge_workers()
        assert wait_until(lambda: not Evaluation.objects.filter(state="pending").exists()), worker.log

    staff = visit(size=DESKTOP)
    page = staff.page
    staff.sign_in(paula.email, PASSWORD, at="/admin/")
    page.get_by_role("heading", name=acme.name).wait_for()
    picture(staff, "staff-dashboard")

    page.get_by_role("link", name="Customer service").click()
    page.get_by_label("Customer").fill("A-1001")
    page.get_by_role("button", name="Look up").click()
    page.get_by_role("heading", name="What happened").wait_for()
    page.get_by_text("redemption").first.wait_for()
    picture(staff, "staff-customer")

    page.get_by_role("link", name="Points: explain and adjust").click()
    page.get_by_label("Points").fill("50")
    page.get_by_label("Reason").first.fill("The parcel came late.")
    page.get_by_role("button", name="Give or take points").click()
    page.get_by_text("The points are booked.").wait_for()
    picture(staff, "staff-account")

    staff.open("/admin/fulfillment/redemption/?to_do=approve")
    page.get_by_role("checkbox", name="Select this object").check()
    page.locator("select[name=action]").select_option(label="Approve")
    picture(staff, "staff-queue")
    page.get_by_role("button", name="Go").click()
    page.get_by_text("Approved: 1.").wait_for()

    staff.open("/admin/rewards/policy/").get_by_role("link", name="1 point for each dollar").click()
    page.get_by_role("link", name="Write a draft").click()
    page.get_by_role("heading", name="Condition").wait_for()
    picture(staff, "staff-policy")
    staff.open("/admin/rewards/policy/").get_by_role("link", name="Dry run").click()
    page.get_by_role("combobox", name="Merchant").select_option(label=acme.name)
    page.get_by_label("Total").fill("25.00")
    page.get_by_role("button", name="Try").click()
    page.get_by_role("heading", name="purchase.completed").evaluate("it => it.scrollIntoView()")
    picture(staff, "staff-dry-run")
