"""Staff say where links may lead."""

import pytest
from django.urls import reverse

from referrals.models import Destination

ADD = reverse("admin:referrals_destination_add")


@pytest.fixture
def form(own):
    return {"merchant": own.pk, "slug": "green", "kind": "meal_plan", "title": "Green weeks", "is_open": "on"}


def test_a_destination_is_added(staff, form):
    staff.post(ADD, form | {"url": "https://shop.example.com/plans/green"})
    assert Destination.objects.get().url == "https://shop.example.com/plans/green"


@pytest.mark.parametrize(
    "url",
    ["http://shop.example.com/", "javascript:alert(1)", "https://shop.example.com@evil.example/"],
)
def test_a_target_that_is_not_safe_is_refused_with_a_sentence(staff, form, url):
    answer = staff.post(ADD, form | {"url": url})
    assert answer.status_code == 200
    assert "errorlist" in answer.text
    assert not Destination.objects.exists()


def test_what_stands_in_links_stays_as_it_is_and_a_destination_is_closed_not_deleted(staff, form):
    staff.post(ADD, form | {"url": "https://shop.example.com/"})
    place = Destination.objects.get()
    change = reverse("admin:referrals_destination_change", args=[place.pk])

    staff.post(change, form | {"slug": "red", "url": "https://shop.example.com/", "is_open": ""})
    place.refresh_from_db()

    assert (place.slug, place.is_open) == ("green", False)
    assert staff.post(reverse("admin:referrals_destination_delete", args=[place.pk])).status_code == 403
