"""Staff give and take points, each within their role, and a second person decides about many."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from credits.models import Adjustment, AdjustmentState, Entry
from referrals.services.staff import Role
from tests.factories.credits import AccountFactory, AdjustmentFactory

pytestmark = pytest.mark.django_db
MAY_ACT = (Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR)
KEY = "01900000-0000-7000-8000-000000000001"


@pytest.fixture
def account(own):
    """An account of ours, in which one person may give or take a thousand points alone."""
    return AccountFactory(customer__merchant=own)


def ask(browser, account, points=500, reason="The parcel never came.", key=KEY):
    url = reverse("admin:credits_account_act", args=[account.pk, "adjust"])
    told = {"adjustmentform-points": points, "adjustmentform-reason": reason, "adjustmentform-key": key}
    return browser.post(url, told, follow=True)


def decide(browser, action, *adjustments):
    chosen = {"action": action, "_selected_action": [adjustment.pk for adjustment in adjustments]}
    return browser.post(reverse("admin:credits_adjustment_changelist"), chosen, follow=True)


def available(account):
    account.refresh_from_db()
    return account.available


def history():
    return sorted((entry.content_type.model, entry.get_change_message()) for entry in LogEntry.objects.all())


@pytest.mark.parametrize("role", list(Role))
def test_only_some_roles_adjust(client, as_role, account, role):
    as_role(role)

    answer = ask(client, account)

    assert answer.status_code == (200 if role in MAY_ACT else 403)
    assert available(account) == (500 if role in MAY_ACT else 0)


def test_an_account_of_another_merchant_is_not_found(client, as_role, foreign):
    as_role(Role.PROGRAMME_MANAGER)

    assert ask(client, AccountFactory(customer__merchant=foreign)).status_code == 404
    assert not Adjustment.objects.exists()


def test_an_adjustment_says_who_and_why_and_the_history_tells(client, as_role, account):
    manager = as_role(Role.PROGRAMME_MANAGER)

    page = ask(client, account)

    adjustment = Adjustment.objects.get()
    assert (adjustment.asked_by, adjustment.reason, adjustment.state) == (manager, "The parcel never came.", "posted")
    assert "The points are booked." in page.text
    assert history() == [("account", "Asked for +500 points."), ("adjustment", "Asked for +500 points.")]


def test_a_form_that_is_sent_twice_adjusts_once(client, as_role, account):
    as_role(Role.PROGRAMME_MANAGER)

    for _ in range(2):
        ask(client, account)

    assert (available(account), Adjustment.objects.count()) == (500, 1)


@pytest.mark.parametrize(
    ("told", "field", "message"),
    [
        ({"points": 0}, "points", "Zero points change nothing."),
        ({"points": "many"}, "points", "Enter a whole number."),
        ({"points": 10**9 + 1}, "points", "Ensure this value is less than or equal to 1000000000."),
        ({"points": -1}, "points", "There are 0 points"),
        ({"reason": " "}, "reason", "This field is required."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(client, as_role, account, told, field, message):
    as_role(Role.PROGRAMME_MANAGER)

    page = ask(client, account, **told)

    form = page.context["acts"][0]["form"]
    assert any(message in error for error in form.errors[field])
    assert form["points"].value() == str(told.get("points", 500))
    assert not Entry.objects.exists()
    assert history() == []


def test_many_points_wait_for_a_second_person(client, as_role, account):
    as_role(Role.PROGRAMME_MANAGER)

    page = ask(client, account, points=1001)

    assert "wait until a second person decides" in page.text
    assert available(account) == 0
    waiting = client.get(reverse("admin:credits_adjustment_changelist"), {"state__exact": "waiting"})
    assert waiting.context["cl"].result_list[0] == Adjustment.objects.get()


@pytest.mark.parametrize(("action", "points", "state"), [("grant", 5000, "posted"), ("refuse", 0, "refused")])
def test_a_second_person_decides(client, as_role, account, action, points, state):
    as_role(Role.PROGRAMME_MANAGER)
    ask(client, account, points=5000)
    second = as_role(Role.PROGRAMME_MANAGER)
    adjustment = Adjustment.objects.get()

    decide(client, action, adjustment)

    adjustment.refresh_from_db()
    assert (adjustment.state, adjustment.decided_by, available(account)) == (state, second, points)
    assert len([told for model, told in history() if model == "adjustment"]) == 2


@pytest.mark.parametrize("action", ["grant", "refuse"])
@pytest.mark.parametrize("role", MAY_ACT)
def test_nobody_decides_what_they_asked_for(client, as_role, account, role, action):
    as_role(role)
    ask(client, account, points=5000)

    page = decide(client, action, Adjustment.objects.get())

    assert Adjustment.objects.get().state == AdjustmentState.WAITING
    assert "whoever asked for them cannot" in page.text


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FRAUD_ANALYST])
def test_other_roles_decide_nothing(client, as_role, account, role):
    adjustment = AdjustmentFactory(account=account)
    as_role(role)

    page = decide(client, "grant", adjustment)

    adjustment.refresh_from_db()
    assert adjustment.state == AdjustmentState.WAITING
    assert 'value="grant"' not in page.text


def test_an_adjustment_of_another_merchant_is_not_decided(client, as_role, foreign):
    adjustment = AdjustmentFactory(account__customer__merchant=foreign)
    as_role(Role.PROGRAMME_MANAGER)

    decide(client, "grant", adjustment)

    adjustment.refresh_from_db()
    assert adjustment.state == AdjustmentState.WAITING


def test_what_cannot_be_granted_stops_no_other(client, as_role, account):
    give, take = AdjustmentFactory(account=account, points=5000), AdjustmentFactory(account=account, points=-9000)
    as_role(Role.ADMINISTRATOR)

    page = decide(client, "grant", take, give)

    assert available(account) == 5000
    assert "9000 are asked for" in page.text
    assert "Granted: +5,000 points." in page.text


def test_what_was_decided_is_not_decided_again(client, as_role, account):
    adjustment = AdjustmentFactory(account=account)
    as_role(Role.ADMINISTRATOR)
    decide(client, "grant", adjustment)

    page = decide(client, "refuse", adjustment)

    assert available(account) == 5000
    assert "decided already" in page.text
