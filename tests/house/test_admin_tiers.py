"""Staff put customers into tiers, and say why."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from config.lib.ids import uuid7
from credits.models import TierAssignment, TierMove
from referrals.services.staff import Role
from tests.factories.credits import AccountFactory, TierFactory

pytestmark = pytest.mark.django_db
MAY_ACT = (Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR)


@pytest.fixture
def account(own):
    """An account of ours, in the lowest of two tiers."""
    account = AccountFactory(customer__merchant=own)
    account.tier = TierFactory(wallet=account.wallet, rank=0)
    account.save()
    return account


@pytest.fixture
def gold(account):
    return TierFactory(wallet=account.wallet, name="Gold", rank=1, min_orders=15)


def place(browser, account, into, **told):
    url = reverse("admin:credits_account_act", args=[account.pk, "place"])
    form = {"tier": into.pk, "reason": "A guest of honour.", "until": "", "key": uuid7()} | told
    return browser.post(url, {f"tierform-{name}": value for name, value in form.items()}, follow=True)


@pytest.mark.parametrize("role", list(Role))
def test_only_some_roles_put_customers_into_a_tier(client, as_role, account, gold, role):
    before = account.tier
    as_role(role)

    answer = place(client, account, gold)

    account.refresh_from_db()
    assert answer.status_code == (200 if role in MAY_ACT else 403)
    assert account.tier == (gold if role in MAY_ACT else before)


def test_the_row_says_who_and_why_and_the_history_tells(client, as_role, account, gold):
    manager = as_role(Role.PROGRAMME_MANAGER)

    page = place(client, account, gold)

    assert "The customer is in Gold now." in page.text
    assert "A guest of honour." in page.text
    assignment = TierAssignment.objects.get()
    assert (assignment.actor, assignment.reason) == (f"user:{manager.pk}", "A guest of honour.")
    assert LogEntry.objects.get().get_change_message() == "Put into Gold."


def test_a_customer_stays_to_the_end_of_the_day_that_is_named_where_the_merchant_is(
    client, as_role, own, account, gold
):
    own.time_zone = "Pacific/Auckland"
    own.save()
    as_role(Role.PROGRAMME_MANAGER)

    place(client, account, gold, until="2098-12-31")

    account.refresh_from_db()
    assert account.tier_locked_until.isoformat() == "2098-12-31T11:00:00+00:00"


def test_a_form_that_is_sent_twice_moves_once(client, as_role, account, gold):
    as_role(Role.PROGRAMME_MANAGER)
    key = uuid7()

    for _ in range(2):
        place(client, account, gold, key=key)

    assert (TierAssignment.objects.count(), TierMove.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("told", "field", "message"),
    [
        ({"reason": " "}, "reason", "This field is required."),
        ({"tier": ""}, "tier", "This field is required."),
        ({"until": "2000-01-01"}, "until", "This day is over."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(client, as_role, account, gold, told, field, message):
    as_role(Role.PROGRAMME_MANAGER)

    page = place(client, account, gold, **told)

    assert page.context["acts"][1]["form"].errors[field] == [message]
    assert not TierAssignment.objects.exists()
    assert not LogEntry.objects.exists()


def test_neither_a_tier_nor_an_account_of_another_merchant_is_to_be_had(client, as_role, account, foreign):
    theirs = AccountFactory(customer__merchant=foreign)
    tier = TierFactory(wallet=theirs.wallet)
    as_role(Role.PROGRAMME_MANAGER)

    assert place(client, theirs, tier).status_code == 404
    assert "Select a valid choice" in place(client, account, tier).text
    assert not TierAssignment.objects.exists()
