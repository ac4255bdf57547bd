"""`POST /api/v1/customers/{id}/merge`: what it would do, and that it is done once."""

import pytest
from django.urls import reverse

from referrals.models import Customer
from referrals.services.staff import Role, ensure_roles, make_staff
from tests.api.caller import CUSTOMERS, assert_problem, evaluate_all, purchase
from tests.factories.referrals import UserFactory

pytestmark = pytest.mark.django_db
MERGE = f"{CUSTOMERS}/ann/merge"


@pytest.fixture
def two(api):
    for number, name in enumerate(("ann", "anna")):
        api.post("/api/v1/purchases", purchase(event_id=f"e{number}", order_id=f"o{number}", customer={"id": name}))
    evaluate_all()


def test_a_dry_run_tells_what_would_happen_and_changes_nothing(api, two):
    told = api.post(f"{MERGE}?dry_run=true", {"customer": "anna"})

    assert told.status_code == 200
    assert (told.json()["status"], told.json()["customer"], told.json()["points"]) == ("preview", "ann", 100)
    assert not Customer.objects.exclude(merged_into=None).exists()


def test_a_merge_is_done_once_and_the_old_id_leads_on(api, two):
    first = api.post(MERGE, {"customer": "anna"}, headers={"Idempotency-Key": "m-1"})
    again = api.post(MERGE, {"customer": "anna"}, headers={"Idempotency-Key": "m-1"})
    later = api.post(MERGE, {"customer": "anna"}, headers={"Idempotency-Key": "m-2"})

    assert (first.status_code, first.json()["status"], first.json()) == (200, "merged", again.json())
    assert later.json()["status"] == "repeated"
    for name in ("ann", "anna"):
        told = api.get(f"{CUSTOMERS}/{name}/credits").json()
        assert (told["customer"], told["available"]) == ("ann", 200)


def test_what_cannot_be_merged_is_refused(api, two, new_merchant, new_caller):
    key = {"Idempotency-Key": "m-1"}
    assert_problem(api.post(MERGE, {"customer": "nobody"}, headers=key), 404, "not_found")
    assert_problem(api.post(MERGE, {"customer": "ann"}, headers=key), 409, "merge_with_oneself")
    assert_problem(api.post(MERGE, {"customer": "anna"}), 400, "idempotency_key_missing")
    stranger = new_caller(new_merchant("elsewhere"))
    assert_problem(stranger.post(MERGE, {"customer": "anna"}, headers=key), 404, "not_found")


def test_staff_see_what_will_happen_before_they_confirm_it_and_only_of_theirs(client, shop, two, new_merchant):
    ensure_roles()
    sam = UserFactory()
    make_staff(user=sam, role=Role.SUPPORT, merchants=[shop])
    client.force_login(sam)
    page = reverse("merge-customers", args=[Customer.objects.get(external_id="ann").pk])

    assert "100 points move to ann now" in client.post(page, {"customer": "anna"}).text
    assert "There is no such customer." in client.post(page, {"customer": "nobody"}).text
    assert not Customer.objects.exclude(merged_into=None).exists()
    done = client.post(page, {"customer": "anna", "confirmed": "yes"}, follow=True)
    assert "They are one customer now." in done.text
    assert Customer.objects.exclude(merged_into=None).count() == 1

    make_staff(user=sam, role=Role.PROGRAMME_MANAGER, merchants=[])
    assert client.get(page).status_code == 403
    make_staff(user=sam, role=Role.SUPPORT, merchants=[])
    sam.merchants.set([new_merchant("elsewhere")])
    assert client.get(page).status_code == 404
