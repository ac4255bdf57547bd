"""What staff may do in the admin: each is a service, and the history says who did it."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from config.lib import admin as shared
from config.lib.encryption import keyed_hash
from config.lib.nudges import nudge_key
from config.lib.redis import ask_redis
from credits.models import Wallet
from referrals.models import ApiKey, Customer, Merchant, User
from rewards.models import EvaluationState
from rewards.tasks import evaluate_pending
from tests.factories.credits import WalletFactory
from tests.factories.referrals import (
    ApiKeyFactory,
    CustomerFactory,
    MerchantFactory,
    PurchaseFactory,
    ReferralCodeFactory,
    UserFactory,
)
from tests.factories.rewards import EvaluationFactory, PolicyVersionFactory

pytestmark = pytest.mark.django_db


def act(browser, label, action, *rows):
    chosen = {"action": action, "_selected_action": [row.pk for row in rows]}
    return browser.post(reverse(f"admin:{label}_changelist"), chosen, follow=True)


def history_of(row):
    return [entry.get_change_message() for entry in LogEntry.objects.filter(object_id=row.pk)]


# Evaluations


def test_a_failed_evaluation_is_run_again(staff, own, django_capture_on_commit_callbacks):
    failed = EvaluationFactory(purchase__customer__merchant=own, failed=True)
    ask_redis(lambda redis: redis.delete(nudge_key(evaluate_pending)))

    with django_capture_on_commit_callbacks(execute=True):
        response = act(staff, "rewards_evaluation", "run_again", failed)

    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == (EvaluationState.PENDING, 0)
    assert "Back to work: 1." in response.text
    assert history_of(failed) == ["Put back to work."]
    assert ask_redis(lambda redis: redis.exists(nudge_key(evaluate_pending))), "no worker was woken"


def test_what_is_done_is_not_run_again(staff, own):
    done = EvaluationFactory(purchase__customer__merchant=own)

    response = act(staff, "rewards_evaluation", "run_again", done)

    done.refresh_from_db()
    assert done.state == EvaluationState.DONE
    assert "Back to work: 0." in response.text
    assert history_of(done) == []


def test_an_evaluation_of_another_merchant_is_not_run_again(staff, own, foreign):
    theirs = EvaluationFactory(purchase__customer__merchant=foreign, failed=True)

    act(staff, "rewards_evaluation", "run_again", theirs)

    theirs.refresh_from_db()
    assert theirs.state == EvaluationState.FAILED


def test_whoever_may_only_look_runs_nothing_again(staff, own):
    failed = EvaluationFactory(purchase__customer__merchant=own, failed=True)
    own.staff.get().user_permissions.remove(*_permissions("change_evaluation"))

    act(staff, "rewards_evaluation", "run_again", failed)

    failed.refresh_from_db()
    assert failed.state == EvaluationState.FAILED
    assert "run_again" not in staff.get(reverse("admin:rewards_evaluation_changelist")).text


def _permissions(codename):
    from django.contrib.auth.models import Permission

    return Permission.objects.filter(codename=codename)


def test_a_decision_is_told_in_sentences(staff, own):
    version = PolicyVersionFactory(policy__merchant=own, policy__code="tenth-meal-free")
    buyer = CustomerFactory(merchant=own)
    award = {
        "policy": version.policy_id, "version": version.pk, "code": "tenth-meal-free", "to": "buyer",
        "customer": buyer.pk, "points": 120,
    }  # fmt: skip
    refusals = [[version.pk, "milestone_not_reached", {"next": 20}], [0, "own_code"]]
    evaluation = EvaluationFactory(
        purchase=PurchaseFactory(customer=buyer), decision={"awards": [award], "refusals": refusals}
    )

    page = staff.get(reverse("admin:rewards_evaluation_change", args=[evaluation.pk])).text

    assert "You received 120 points." in page
    assert "This reward comes at number 20, which has not been reached yet." in page
    assert "the referral code: This is your own referral code; it is for your friends." in page
    assert reverse("admin:rewards_policyversion_change", args=[version.pk]) in page


# Keys and codes


def make_key(browser, merchant):
    asked = {"merchant": merchant.pk, "name": "Till 7", "scopes": ["purchases", "credits"]}
    return browser.post(reverse("admin:referrals_apikey_add"), asked, follow=True)


def test_the_secret_of_a_new_key_is_shown_once(staff, own):
    page = make_key(staff, own).text

    key = ApiKey.objects.get()
    secret = page.split("<code>")[1].split("</code>")[0]
    assert bytes(key.secret_hash) == keyed_hash(secret.encode())
    assert (key.merchant, key.name, key.scopes) == (own, "Till 7", ["credits", "purchases"])
    for label in ("changelist", "change"):
        again = staff.get(reverse(f"admin:referrals_apikey_{label}", args=[key.pk] if label == "change" else []))
        assert secret not in again.text
        assert key.prefix in again.text


def test_the_history_says_who_made_a_key(staff, own):
    make_key(staff, own)

    made = LogEntry.objects.get()
    assert (made.object_id, made.user) == (str(ApiKey.objects.get().pk), own.staff.get())


def test_a_revoked_key_stays_revoked_since_then(staff, own):
    key = ApiKeyFactory(merchant=own)
    act(staff, "referrals_apikey", "revoke", key)
    key.refresh_from_db()
    since = key.revoked_at

    act(staff, "referrals_apikey", "revoke", key)

    key.refresh_from_db()
    assert since is not None
    assert key.revoked_at == since
    assert history_of(key) == ["Revoked."]


def test_a_code_is_retired(staff, own):
    code = ReferralCodeFactory(customer__merchant=own)

    act(staff, "referrals_referralcode", "retire", code)

    code.refresh_from_db()
    assert code.retired_at is not None
    assert history_of(code) == ["Retired."]


# Customers


@pytest.mark.parametrize("typed", ["Carol@Example.com", "carol@example.com ", "C-7", "uuid"])
def test_a_customer_is_found_by_address_and_by_id(staff, own, typed):
    carol = CustomerFactory(merchant=own, external_id="C-7", email="carol@example.com")
    other = CustomerFactory(merchant=own, external_id="C-70", email="carol@example.org")

    found = staff.get(
        reverse("admin:referrals_customer_changelist"), {"q": str(carol.uuid) if typed == "uuid" else typed}
    )

    assert list(found.context["cl"].queryset) == [carol]
    assert other.external_id not in found.text


def test_an_address_is_decrypted_only_on_the_page_of_the_customer(staff, own):
    carol = CustomerFactory(merchant=own, email="carol@example.com", phone="+49 30 1234567")

    listed = staff.get(reverse("admin:referrals_customer_changelist"))
    alone = staff.get(reverse("admin:referrals_customer_change", args=[carol.pk]))

    assert "carol@example.com" not in listed.text
    assert {"email", "phone"} <= listed.context["cl"].result_list[0].get_deferred_fields()
    assert "carol@example.com" in alone.text
    assert "+49 30 1234567" in alone.text


def test_from_a_customer_one_comes_to_what_is_theirs(staff, own):
    mine, other = PurchaseFactory(customer__merchant=own), PurchaseFactory(customer__merchant=own)
    page = staff.get(reverse("admin:referrals_customer_change", args=[mine.customer_id])).text
    link = f"{reverse('admin:referrals_purchase_changelist')}?customer={mine.customer_id}"

    assert link in page
    assert mine.order_id in staff.get(link).text
    assert other.order_id not in staff.get(link).text


# Terms of a merchant, and people


def test_a_merchant_keeps_its_currency_and_slug(staff, own):
    url = reverse("admin:referrals_merchant_change", args=[own.pk])
    told = {"name": "Orchard & Sons", "time_zone": "Europe/Berlin", "minimum_qualifying_purchase": 500}

    kept = {
        "referral_hold_days": 0, "decisive_touch": "last", "clicks_kept_days": 90, "invitations_day_max": 20,
    }  # fmt: skip
    staff.post(url, {**told, **kept, "currency": "EUR", "slug": "other"})

    after = Merchant.objects.get(pk=own.pk)
    assert (after.name, after.time_zone, after.minimum_qualifying_purchase) == tuple(told.values())
    assert (after.currency, after.slug) == ("USD", own.slug)


def test_a_time_zone_that_does_not_exist_is_refused(staff, own):
    url = reverse("admin:referrals_merchant_change", args=[own.pk])

    response = staff.post(url, {"name": "X", "time_zone": "Europe/Atlantis", "minimum_qualifying_purchase": 0})

    assert "Select a valid choice" in response.text


def test_only_superusers_add_merchants(staff):
    assert staff.get(reverse("admin:referrals_merchant_add")).status_code == 403


def test_a_wallet_stays_what_it_is_and_its_terms_change(staff, own):
    wallet = WalletFactory(merchant=own)
    url = reverse("admin:credits_wallet_change", args=[wallet.pk])

    terms = {
        name: value for name, value in staff.get(url).context["adminform"].form.initial.items() if value is not None
    }

    fixed = {"code": "x", "tier_window": "rolling_year"}
    staff.post(url, terms | fixed | {"unit_name": "grapes", "expiry_months": 24, "return_policy": "forgive"})

    after = Wallet.objects.get()
    assert (after.unit_name, after.expiry_months, after.return_policy) == ("grapes", 24, "forgive")
    assert (after.code, after.is_default, after.tier_window) == ("points", True, "lifetime")
    assert staff.post(reverse("admin:credits_wallet_delete", args=[wallet.pk])).status_code == 403


def test_a_superuser_adds_a_person_who_can_sign_in_as_they_type_their_address(superuser, own):
    asked = {
        "email": "Paula@Example.com", "usable_password": "true", "password1": "a-good-password",
        "password2": "a-good-password", "is_staff": "on", "merchants": [own.pk],
    }  # fmt: skip

    superuser.post(reverse("admin:referrals_user_add"), asked)

    paula = User.objects.get(email="paula@example.com")
    assert paula.is_staff
    assert list(paula.merchants.all()) == [own]
    superuser.logout()
    answer = superuser.post("/accounts/login/", {"login": "PAULA@example.com", "password": "a-good-password"})
    assert answer.status_code == 302


def test_an_address_is_not_changed_behind_the_back_of_its_owner(superuser):
    sam = UserFactory()

    superuser.post(reverse("admin:referrals_user_change", args=[sam.pk]), {"email": "eve@example.com"})

    assert User.objects.get(pk=sam.pk).email == sam.email


# Lists


def test_a_list_ends_somewhere(monkeypatch):
    monkeypatch.setattr(shared, "ROWS_LISTED_MAX", 2)
    merchant = MerchantFactory()
    CustomerFactory.create_batch(3, merchant=merchant)

    assert shared.BoundedPaginator(Customer.objects.order_by("pk"), 100).count == 2
