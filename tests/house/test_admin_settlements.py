"""Staff settle what partners are owed, and take the report with them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from rewards.models import Partner, Settlement
from tests.factories.rewards import PartnerFactory, TakingFactory

LONG_AGO = timedelta(days=100)


@pytest.fixture
def cafe(own):
    """A café of which a customer had two coffees long ago."""
    partner = PartnerFactory(merchant=own, name="=Café")
    Partner.objects.filter(pk=partner.pk).update(created_at=timezone.now() - LONG_AGO)
    TakingFactory(
        option__reward_type__merchant=own, option__code="coffee", partner=partner, quantity=2, unit_cost=240,
        taken_at=timezone.now() - LONG_AGO,
    )  # fmt: skip
    return partner


def act(browser, label, action, row):
    chosen = {"action": action, "_selected_action": [row.pk]}
    return browser.post(reverse(f"admin:{label}_changelist"), chosen, follow=True)


def test_staff_settle_until_the_end_of_last_month_and_export_it(staff, cafe):
    page = act(staff, "rewards_partner", "close_month", cafe)
    assert "Settled:" in page.text

    report = act(staff, "rewards_settlement", "export", Settlement.objects.get())
    line = report.text.splitlines()[1]
    assert line.startswith("'=Café,")  # No spreadsheet runs it as a formula.
    assert line.endswith(",USD,coffee,2.40,2,0,4.80")
    act(staff, "rewards_partner", "close_month", cafe)
    assert Settlement.objects.count() == 1


def test_a_partner_who_came_this_month_is_not_settled_yet(staff, own):
    page = act(staff, "rewards_partner", "close_month", PartnerFactory(merchant=own))

    assert "there is no month to settle yet" in page.text
    assert not Settlement.objects.exists()
