"""Staff begin campaigns from templates, see how they are used, and list who is in a segment."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from referrals.services.staff import Role
from rewards.models import Campaign, Segment
from tests.factories.referrals import CustomerFactory
from tests.factories.rewards import CampaignFactory, ParticipationFactory

ADD = reverse("admin:rewards_campaign_add")
LISTS = reverse("admin:rewards_segment_add")


@pytest.fixture
def form(own):
    return {"merchant": own.pk, "code": "double", "name": "Double", "description": "", "budget": "", "is_active": "on"}


def test_a_manager_begins_a_campaign_from_a_template(client, as_role, form):
    as_role(Role.PROGRAMME_MANAGER)
    assert "weeks_in_a_row" in client.get(ADD, {"type": "streak"}).text
    client.post(ADD, {**form, "definition": "type: points_multiplier\nmultiplier: 2\nfrom: 2026-11-20"})
    assert Campaign.objects.get().definition == {"type": "points_multiplier", "multiplier": 2, "from": "2026-11-20"}


@pytest.mark.parametrize("definition", ["type: lottery", "[", "[" * 5_000, "- 1", "type: points_multiplier"])
def test_a_definition_that_cannot_be_used_is_refused_with_a_sentence(staff, form, definition):
    answer = staff.post(ADD, {**form, "definition": definition})
    assert (answer.status_code, Campaign.objects.exists()) == (200, False)
    assert "errorlist" in answer.text


def test_a_budget_is_never_less_than_what_was_given_and_the_use_is_shown(staff, own, form):
    campaign = CampaignFactory(merchant=own, code="double", budget=100, given=60)
    ParticipationFactory(customer=CustomerFactory(merchant=own), campaign=campaign, points=60)
    change = reverse("admin:rewards_campaign_change", args=[campaign.pk])
    assert "1 took part, 0 reached the goal, 60 points" in staff.get(change).text
    staff.post(change, {**form, "definition": "type: bonus", "budget": 59})
    campaign.refresh_from_db()
    assert (campaign.budget, campaign.definition["type"]) == (100, "points_multiplier")
    staff.post(change, {**form, "definition": "type: bonus", "budget": 60})
    campaign.refresh_from_db()
    assert (campaign.budget, campaign.definition["type"]) == (60, "bonus")


def test_who_is_in_a_segment_is_said_by_a_file_or_by_a_condition(staff, own):
    CustomerFactory(merchant=own, external_id="alice")
    file = SimpleUploadedFile("vip.csv", b"alice,gold\nnobody\n")
    said = {"merchant": own.pk, "code": "vip", "name": "VIP", "is_active": "on", "description": "", "condition": ""}
    staff.post(LISTS, {**said, "customers": file})
    (member,) = Segment.objects.get().members.select_related("customer")
    assert member.customer.external_id == "alice"
    change = reverse("admin:rewards_segment_change", args=[Segment.objects.get().pk])
    too_large = SimpleUploadedFile("vip.csv", b"bob\n" * 2_500_001)
    assert "10 MB at most" in staff.post(change, {**said, "customers": too_large}).text
    assert Segment.objects.get().members.get() == member
    staff.post(change, {**said, "condition": "customer.points > 0"})
    assert not Segment.objects.get().members.exists()
    refused = staff.post(LISTS, {**said, "code": "rich", "condition": "customer.wealth > 1"})
    assert "errorlist" in refused.text
    assert not Segment.objects.filter(code="rich").exists()
