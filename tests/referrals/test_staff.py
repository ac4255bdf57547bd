"""Roles of staff, and logins that are made for people."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission

from referrals.models import User
from referrals.services import staff
from referrals.services.logins import LoginTaken, make_login
from referrals.services.staff import Role, ensure_roles, make_staff
from tests.factories.referrals import MerchantFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    """Makes a member of staff; permissions are read anew, as in another request."""
    ensure_roles()

    def make(role):
        user = UserFactory()
        make_staff(user=user, role=role, merchants=[MerchantFactory()])
        return User.objects.get(pk=user.pk)

    return make


def changes_of(user):
    return {name for name in user.get_all_permissions() if ".view_" not in name}


def test_every_role_is_a_group():
    ensure_roles()
    assert set(Group.objects.values_list("name", flat=True)) == set(Role.values)


@pytest.mark.parametrize("role", list(Role))
def test_everybody_sees_every_table_of_every_floor(member, role):
    user = member(role)
    tables = Permission.objects.filter(content_type__app_label__in=staff.FLOORS, codename__startswith="view_")
    assert tables.exists()
    assert all(user.has_perm(f"{row.content_type.app_label}.{row.codename}") for row in tables)


def test_support_looks_merges_who_is_one_person_closes_refusals_and_sends_messages_again(member):
    assert changes_of(member(Role.SUPPORT)) == {
        "referrals.merge_customer",
        "referrals.change_refusedmessage",
        "fulfillment.change_message",
    }


def test_a_programme_manager_changes_policies_and_rewards_corrects_ledgers_and_runs_evaluations_again(member):
    manager = member(Role.PROGRAMME_MANAGER)
    assert manager.has_perms(["rewards.change_policy", "rewards.change_rewardoption", "rewards.change_evaluation"])
    assert manager.has_perms(["credits.add_adjustment", "credits.change_adjustment", "credits.add_tierassignment"])
    assert manager.has_perm("credits.report_liability")
    assert not manager.has_perm("credits.add_entry")
    assert not manager.has_perm("referrals.change_referral")
    assert {name for name in changes_of(manager) if "delete" in name} == {
        "referrals.delete_sharemessage",
        "fulfillment.delete_timeoff",
        "fulfillment.delete_wording",
        "fulfillment.delete_workinghours",
    }


def test_a_fraud_analyst_decides_of_referrals_and_of_who_is_one_person(member):
    assert changes_of(member(Role.FRAUD_ANALYST)) == {
        "referrals.change_referral",
        "referrals.change_referralcode",
        "referrals.add_riskdecision",
        "referrals.merge_customer",
    }


def test_only_an_administrator_is_a_superuser(member):
    assert {role: member(role).is_superuser for role in Role} == {role: role is Role.ADMINISTRATOR for role in Role}


def test_a_person_has_one_role_and_keeps_their_merchants(member):
    user = member(Role.ADMINISTRATOR)
    merchant = MerchantFactory()
    make_staff(user=user, role=Role.SUPPORT, merchants=[merchant])
    user = User.objects.get(pk=user.pk)
    assert (user.is_staff, user.is_superuser) == (True, False)
    assert [group.name for group in user.groups.all()] == ["support"]
    assert merchant in user.merchants.all()
    assert user.merchants.count() == 2


def test_roles_get_exactly_their_permissions_again():
    ensure_roles()
    group = Group.objects.get(name="support")
    before = set(group.permissions.all())
    group.permissions.set([Permission.objects.get(codename="delete_policy")])
    ensure_roles()
    assert set(group.permissions.all()) == before


def test_a_permission_that_does_not_exist_is_an_error(monkeypatch):
    monkeypatch.setattr(staff, "MAY_CHANGE", {Role.SUPPORT: frozenset({"rewards.change_weather"})})
    with pytest.raises(LookupError, match=r"rewards\.change_weather"):
        ensure_roles()


def test_somebody_with_a_new_login_can_sign_in(client):
    user = make_login(email="Tina@Example.com", password="a-good-password", name="Tina")
    assert (user.email, user.first_name) == ("tina@example.com", "Tina")
    assert EmailAddress.objects.get(user=user).verified
    client.post("/accounts/login/", {"login": "tina@example.com", "password": "a-good-password"})
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_login_is_never_taken_over():
    user = make_login(email="tina@example.com", password="a-good-password")
    with pytest.raises(LoginTaken):
        make_login(email="TINA@example.com", password="another-password")
    user.refresh_from_db()
    assert user.check_password("a-good-password")
