"""Staff write policies by fields, rows and words, try them, publish them, and begin programmes."""

import pytest
from django.urls import reverse
from django.utils import timezone

from referrals.models import Merchant
from referrals.services.staff import Role
from rewards.forms.policies import shows_all
from rewards.models import Backtest, Policy, PolicyVersion
from rewards.services.programmes.applying import plan_programme
from rewards.services.programmes.shipped import shipped_programme, shipped_slugs
from rewards.services.trials.backtests import run_next_backtest
from tests.factories.credits import WalletFactory
from tests.factories.rewards import PolicyFactory

pytestmark = pytest.mark.django_db

ROWS = {"rows-TOTAL_FORMS": 3, "rows-INITIAL_FORMS": 0}
FIELDS = {
    "code": "thanks",
    "name": "Thanks",
    "trigger": "purchase.completed",
    "beneficiary": "buyer",
    "condition_as": "rows",
    "effect": "fixed",
    "amount": "100",
    "counts_for_tier": "on",
    "limit_per": "ever",
    "on_refund": "revoke",
    "priority": "0",
    "examples": "- {name: Any, purchase: {total: 3000}, gives: {points: 100}}",
    **ROWS,
}


def row(number, fact, comparison, value, join="and"):
    said = {"join": join, "fact": fact, "of": "", "comparison": comparison, "value": value}
    return {f"rows-{number}-{name}": text for name, text in said.items()}


def write(client, merchant, **said):
    return client.post(reverse("admin:rewards_policy_new"), {"merchant": merchant.pk, **FIELDS, **said}, follow=True)


@pytest.fixture
def manager(client, as_role, own):
    WalletFactory(merchant=own)
    as_role(Role.PROGRAMME_MANAGER)
    return client


def test_a_policy_is_written_by_fields_and_rows_and_published(manager, own):
    rows = row(0, "purchase.total", ">=", "2500") | row(1, "customer.tier", "in", "gold, silver", join="or")

    page = write(manager, own, **rows)

    draft = PolicyVersion.objects.get()
    assert draft.definition == {
        "trigger": "purchase.completed",
        "beneficiary": "buyer",
        "when": "purchase.total >= 2500 || customer.tier in ['gold', 'silver']",
        "give": {"points": {"fixed": 100}},
    }
    assert "Its example holds." in page.text
    publish = reverse("admin:rewards_policy_publish", args=[draft.policy_id])
    assert "Published: version 1." in manager.post(publish, {"act": "publish"}, follow=True).text
    assert PolicyVersion.objects.in_force(timezone.now()).get() == draft


@pytest.mark.parametrize(
    ("said", "field", "message"),
    [
        ({"condition_as": "expression", "when": "purchase.totl > 5"}, "when", "did you mean purchase.total?"),
        (row(0, "purchase.total", ">=", "many"), "when", ">= does not work on int and string"),
        ({"amount": "-5"}, "amount", "A number, such as 10 or 1.5."),
        ({"effect": "grant", "option": "yacht"}, "option", "there is no reward option yacht"),
        ({"trigger": "referral.joined", "examples": ""}, "beneficiary", "must be one of referrer, referee"),
        ({"examples": "- {name: Any, gives: {points: 1}}"}, "examples", "purchase is missing"),
        ({"examples": "- ["}, "examples", "examples:"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(manager, own, said, field, message):
    page = write(manager, own, **said)

    assert message.lower() in " ".join(page.context["form"].errors[field]).lower()
    assert not Policy.objects.exists()


def test_a_policy_that_fields_cannot_say_is_written_word_for_word(manager, own):
    policy = Policy.objects.create(merchant=own, code="odd", name="Odd")
    words = {"trigger": "purchase.completed", "beneficiary": "buyer", "give": {"points": {"fixed": 1}}}
    PolicyVersion.objects.create(
        merchant=own,
        policy=policy,
        number=1,
        definition={**words, "limits": {"per_customer": {"times": 1, "per": "ever"}}},
    )
    url = reverse("admin:rewards_policy_write", args=[policy.pk])
    assert 'name="text"' in manager.get(url).text
    told = {"name": "Odd", "text": "trigger: purchase.completed\nbeneficiary: buyer\ngive: {points: {fixed: 2}}"}
    manager.post(f"{url}?as=text", told)
    assert PolicyVersion.objects.get().definition == {**words, "give": {"points": {"fixed": 2}}}
    assert 'name="amount"' in manager.get(url).text


def test_the_fields_say_every_policy_that_ships_and_gives_points_or_rewards():
    shipped = [item for slug in shipped_slugs() for item in shipped_programme(slug)["policies"]]
    rest = [item["definition"]["give"] for item in shipped if not shows_all(item["definition"])]
    assert [give for give in rest if {"points", "grant"} & give.keys()] == []


def test_a_draft_is_tried_on_the_past_and_discarded(manager, own):
    write(manager, own)
    publish = reverse("admin:rewards_policy_publish", args=[Policy.objects.get().pk])
    page = manager.post(publish, {"act": "backtest"}, follow=True)
    assert page["Refresh"]
    assert run_next_backtest(clock=timezone.now)
    backtest = Backtest.objects.get()
    page = manager.get(reverse("admin:rewards_backtest_change", args=[backtest.pk]))
    assert "By policy" in page.text
    assert "Refresh" not in page
    assert "customer,points_before" in manager.get(reverse("admin:rewards_backtest_outcomes", args=[backtest.pk])).text
    manager.post(publish, {"act": "discard"})
    assert not Policy.objects.exists()


def test_a_dry_run_shows_every_step(manager, own):
    write(manager, own, **row(0, "purchase.total", ">=", "2500"))
    policy = Policy.objects.get()
    asked = {
        "merchant": own.pk,
        "total": "20.00",
        "drafts": policy.pk,
        "lines-TOTAL_FORMS": 1,
        "lines-INITIAL_FORMS": 0,
    }
    page = manager.get(reverse("admin:rewards_policy_dry_run"), asked)
    assert "The condition of this reward was not met." in page.text
    assert "purchase.total = 2000" in page.text


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FRAUD_ANALYST])
def test_other_roles_look_and_try_and_change_nothing(client, as_role, own, role):
    as_role(role)
    policy = PolicyFactory(merchant=own)
    for name, arguments in (("new", []), ("write", [policy.pk]), ("publish", [policy.pk]), ("new_programme", [])):
        assert client.get(reverse(f"admin:rewards_policy_{name}", args=arguments)).status_code == 403
    assert client.get(reverse("admin:rewards_policy_dry_run")).status_code == 200


def test_policies_and_drafts_of_another_merchant_are_not_found_and_not_named(manager, foreign):
    policy = PolicyFactory(merchant=foreign)
    assert manager.get(reverse("admin:rewards_policy_write", args=[policy.pk])).status_code == 404
    assert foreign.name not in manager.get(reverse("admin:rewards_policy_dry_run")).text
    assert foreign.name not in manager.get(reverse("admin:rewards_policy_new")).text
    write(manager, foreign)
    assert not Policy.objects.filter(code="thanks").exists()


@pytest.mark.parametrize("slug", shipped_slugs())
def test_a_programme_begins_with_one_that_ships(superuser, slug):
    told = {"start_from": slug, "slug": "corner", "name": "Corner", "currency": "EUR", "time_zone": "Europe/Berlin"}
    url = reverse("admin:rewards_policy_new_programme")
    assert superuser.post(url, told).status_code == 302
    merchant = Merchant.objects.get(slug="corner")
    policies = Policy.objects.filter(merchant=merchant).order_by("id").values_list("code", flat=True)
    assert list(policies) == [item["code"] for item in shipped_programme(slug)["policies"]]
    wanted = shipped_programme(slug)
    names = {"slug": "corner", "name": "Corner", "domain": None, "currency": "EUR", "time_zone": "Europe/Berlin"}
    looks = {"accent": "", "logo_url": ""}
    assert plan_programme(programme={**wanted, "merchant": names | looks}).changes == ()
    assert "There is a merchant of this name." in superuser.post(url, told).text
