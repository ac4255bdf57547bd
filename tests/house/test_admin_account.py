"""The page of an account explains its balance to staff."""

import pytest
from django.urls import reverse

from referrals.services.staff import Role
from tests.factories.credits import (
    AccountFactory,
    AdjustmentFactory,
    EntryFactory,
    HoldFactory,
    LotFactory,
    QualifyingAmountFactory,
    TierAssignmentFactory,
    TierFactory,
    TierMoveFactory,
)
from tests.factories.referrals import NOON

pytestmark = pytest.mark.django_db
MAY_ACT = (Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR)


@pytest.fixture
def account(own):
    """An account of ours."""
    return AccountFactory(customer__merchant=own)


def page_of(account):
    return reverse("admin:credits_account_change", args=[account.pk])


@pytest.mark.parametrize("role", list(Role))
def test_everybody_on_the_staff_sees_a_balance_and_only_some_are_offered_to_change_it(client, as_role, account, role):
    as_role(role)

    page = client.get(page_of(account))

    assert page.status_code == 200
    offered = [act["url"].split("/")[-2] for act in page.context["acts"]]
    assert offered == (["adjust", "place"] if role in MAY_ACT else [])


def test_a_page_explains_where_a_balance_comes_from(staff, account):
    entry = EntryFactory(account=account, evaluation_id=77, points=120)
    lot = LotFactory(entry=entry, remaining=80)
    hold = HoldFactory(account=account)
    adjustment = AdjustmentFactory(account=account)
    TierAssignmentFactory(account=account, reason="She ran our stall at the fair.")
    TierMoveFactory(account=account, reason="reached")

    page = staff.get(page_of(account)).text

    for row, name in ((entry, "entry"), (lot, "lot"), (hold, "hold"), (adjustment, "adjustment")):
        assert f'href="{reverse(f"admin:credits_{name}_change", args=[row.pk])}"' in page
    assert reverse("admin:rewards_evaluation_change", args=[77]) in page
    assert "The parcel never came." in page
    assert "She ran our stall at the fair." in page


def test_every_number_of_a_balance_leads_to_the_rows_behind_it(staff, account):
    spendable = LotFactory(entry__account=account, entry__points=60)
    pending = LotFactory(entry__account=account, entry__points=30, active_at=None, waiting_for="payment")
    account.available, account.pending = 60, 30
    account.save()

    figures = {figure.name: figure.number for figure in staff.get(page_of(account)).context["balance"]}

    for name, lot, number in (("Available", spendable, 60), ("Pending", pending, 30)):
        link = figures[name].split('"')[1].replace("&amp;", "&")
        assert f">{number}</a>" in figures[name]
        assert list(staff.get(link).context["cl"].queryset) == [lot]
    for name in ("Held", "Owed", "Earned in all"):
        assert staff.get(figures[name].split('"')[1].replace("&amp;", "&")).status_code == 200


def test_a_balance_that_has_become_due_is_shown_as_it_is_now(staff, account):
    LotFactory(entry__account=account, expires_at=NOON)
    account.available, account.next_change_at = 100, NOON
    account.save()

    available, *_ = staff.get(page_of(account)).context["balance"]

    assert ">0</a>" in available.number


def test_the_way_to_the_next_tier_is_shown(staff, account):
    account.tier = TierFactory(wallet=account.wallet, rank=0)
    account.qualifying_spend, account.qualifying_orders = 125_00, 9
    account.save()
    gold = TierFactory(wallet=account.wallet, rank=1, min_spend=500_00, min_orders=5)
    QualifyingAmountFactory(account=account)

    path_up = staff.get(page_of(account)).context["path_up"]

    assert path_up.to == gold
    assert [(goal.name, goal.part, goal.whole, goal.wanted) for goal in path_up.goals] == [
        ("Spend", 125_00, 500_00, "$500.00"),
        ("Purchases", 5, 5, "5"),
    ]


def test_a_page_costs_the_same_for_a_long_history(staff, account, django_assert_max_num_queries):
    for _ in range(60):
        LotFactory(entry__account=account)
        AdjustmentFactory(account=account)

    with django_assert_max_num_queries(25):
        page = staff.get(page_of(account))

    assert {len(section.rows) for section in page.context["sections"]} == {0, 50}


def test_whoever_is_not_signed_in_is_asked_to(client, account):
    assert client.get(page_of(account)).status_code == 302
    assert client.post(reverse("admin:credits_account_act", args=[account.pk, "adjust"])).status_code == 302


def test_nothing_is_done_by_looking(staff, account):
    assert staff.get(reverse("admin:credits_account_act", args=[account.pk, "adjust"])).status_code == 405
    assert staff.post(reverse("admin:credits_account_act", args=[account.pk, "close"])).status_code == 404
