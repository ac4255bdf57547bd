"""Whose rows the staff admin shows: staff see those of the merchants they work for, on every page."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import CompositePrimaryKey
from django.urls import reverse

from config.lib.admin import MerchantFilter, OwnMerchantsAdmin, ReadOnlyAdmin, SuperusersOnly
from referrals.models import Customer, Merchant, User
from tests.factories import credits as points
from tests.factories import doors, experiments, fulfillment, joining, policy_days, referrals, rewards, risk, sharing

FLOORS = ("referrals", "credits", "rewards", "fulfillment")
MADE_IN = (doors, experiments, fulfillment, joining, points, policy_days, referrals, rewards, risk, sharing)
FACTORIES = {
    made_by._meta.model: made_by
    for module in MADE_IN
    for made_by in vars(module).values()
    if hasattr(made_by, "_meta") and getattr(made_by._meta, "model", None)
}
# How each factory is told the merchant of what it makes.
WHOSE = {
    "Activity": "customer__merchant",
    "ApiKey": "merchant",
    "Click": "link__code__customer__merchant",
    "AuditRecord": "merchant",
    "ClickDay": "link__code__customer__merchant",
    "Consent": "customer__merchant",
    "Invitation": "code__customer__merchant",
    "InvitationOptOut": "merchant",
    "LeaderboardAlias": "customer__merchant",
    "ShareMessage": "merchant",
    "Customer": "merchant",
    "Destination": "merchant",
    "CustomerAlias": "customer__merchant",
    "CustomerRfm": "customer__merchant",
    "CustomerTrace": "customer__merchant",
    "ReferralMove": "referral__referral_link__customer__merchant",
    "RiskDecision": "referral__referral_link__customer__merchant",
    "RiskSignal": "referee__merchant",
    "Event": "merchant",
    "InboundEvent": "merchant",
    "Payment": "purchase__customer__merchant",
    "Purchase": "customer__merchant",
    "Referral": "referral_link__customer__merchant",
    "ReferralCode": "customer__merchant",
    "RefusedMessage": "merchant",
    "ShopProduct": "shop__merchant",
    "ShopifyShop": "merchant",
    "Refund": "purchase__customer__merchant",
    "ShareLink": "code__customer__merchant",
    "SignUp": "merchant",
    "StoredTouch": "customer__merchant",
    "Account": "customer__merchant",
    "Adjustment": "account__customer__merchant",
    "Entry": "account__customer__merchant",
    "ExpiryNotice": "account__customer__merchant",
    "HeldLot": "lot__entry__account__customer__merchant",
    "Hold": "account__customer__merchant",
    "Lot": "entry__account__customer__merchant",
    "LotUse": "lot__entry__account__customer__merchant",
    "QualifyingAmount": "account__customer__merchant",
    "Remark": "entry__account__customer__merchant",
    "Tier": "wallet__merchant",
    "TierAssignment": "account__customer__merchant",
    "TierMove": "account__customer__merchant",
    "UnmarkedWrite": "merchant",
    "Wallet": "merchant",
    "CheckoutTerms": "merchant",
    "Badge": "merchant",
    "BadgeAward": "evaluation__purchase__customer__merchant",
    "Campaign": "merchant",
    "Coupon": "pool__option__reward_type__merchant",
    "CouponPool": "option__reward_type__merchant",
    "Evaluation": "purchase__customer__merchant",
    "Experiment": "merchant",
    "ExperimentRound": "experiment__merchant",
    "OptionAffinity": "option__reward_type__merchant",
    "OptionPopularity": "option__reward_type__merchant",
    "Grant": "evaluation__purchase__customer__merchant",
    "Partner": "merchant",
    "Participation": "customer__merchant",
    "Backtest": "merchant",
    "Policy": "merchant",
    "PolicyChange": "merchant",
    "Occurrence": "policy_day__merchant",
    "PolicyDay": "merchant",
    "PolicyVersion": "policy__merchant",
    "PurchaseSession": "customer__merchant",
    "RewardOption": "reward_type__merchant",
    "RewardType": "merchant",
    "Settlement": "partner__merchant",
    "Segment": "merchant",
    "ContactPreference": "customer__merchant",
    "Delivery": "endpoint__merchant",
    "Message": "notification__customer__merchant",
    "Notification": "customer__merchant",
    "PushSubscription": "customer__merchant",
    "Voice": "merchant",
    "WebhookEndpoint": "merchant",
    "Wording": "merchant",
    "Taking": "option__reward_type__merchant",
    "Technician": "merchant",
    "Appointment": "redemption__customer__merchant",
    "Assignment": "redemption__customer__merchant",
    "Note": "redemption__customer__merchant",
    "Photo": "redemption__customer__merchant",
    "Redemption": "customer__merchant",
    "RepairReward": "redemption__customer__merchant",
    "ServiceRecord": "customer__merchant",
    "Shipment": "redemption__customer__merchant",
    "Slot": "option__reward_type__merchant",
    "StatusMove": "redemption__customer__merchant",
    "TimeOff": "technician__merchant",
    "WorkingHours": "technician__merchant",
}
OURS = [model for floor in FLOORS for model in apps.get_app_config(floor).get_models()]
OF_A_MERCHANT = [
    model
    for model in OURS
    if admin.site.is_registered(model)
    and model is not User
    and not isinstance(admin.site.get_model_admin(model), SuperusersOnly)
]
LEDGER_AND_FACTS = [
    model for model in OF_A_MERCHANT if isinstance(admin.site.get_model_admin(model), ReadOnlyAdmin)
]  # fmt: skip

pytestmark = pytest.mark.django_db


def row_of(merchant, model):
    if model is Merchant:
        return merchant
    return FACTORIES[model](**{WHOSE[model.__name__]: merchant})


def page(model, name, row=None):
    return reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_{name}", args=[row.pk] if row else [])


def test_every_noun_is_in_the_admin_except_counters_whose_key_has_several_columns():
    missing = {model for model in OURS if not admin.site.is_registered(model)}

    assert missing == {model for model in OURS if isinstance(model._meta.pk, CompositePrimaryKey)}


@pytest.mark.parametrize("model", OF_A_MERCHANT)
def test_staff_see_the_rows_of_their_merchant(staff, own, model):
    row = row_of(own, model)

    assert staff.get(page(model, "change", row)).status_code == 200
    assert page(model, "change", row) in staff.get(page(model, "changelist")).text


@pytest.mark.parametrize("model", OF_A_MERCHANT)
def test_a_row_of_another_merchant_is_not_found_nor_named_nor_filtered_for(staff, own, foreign, model):
    row_of(own, model)
    row = row_of(foreign, model)

    listed = staff.get(page(model, "changelist"))
    filtered = staff.get(page(model, "changelist"), {"merchant": foreign.pk} if model is not Merchant else {})

    assert {staff.get(page(model, name, row)).status_code for name in ("change", "history", "delete")} == {404}
    assert filtered.status_code == 200
    assert page(model, "change", row) not in listed.text + filtered.text
    assert foreign.name not in listed.text


@pytest.mark.parametrize("model", [model for model in OF_A_MERCHANT if model is not Merchant])
def test_a_superuser_narrows_a_list_to_one_merchant(superuser, own, foreign, model):
    ours, theirs = row_of(own, model), row_of(foreign, model)

    response = superuser.get(page(model, "changelist"), {MerchantFilter.parameter_name: own.pk})

    assert page(model, "change", ours) in response.text
    assert page(model, "change", theirs) not in response.text


@pytest.mark.parametrize("merchant", ["0", "abc", "1 OR 1=1", "\0"])
def test_nonsense_in_the_filter_is_ignored(staff, own, merchant):
    row_of(own, Customer)

    assert staff.get(page(Customer, "changelist"), {"merchant": merchant}).status_code == 200


def test_autocompletion_offers_no_customer_of_another_merchant(staff, own, foreign):
    asked = {"app_label": "rewards", "model_name": "evaluation", "field_name": "customer", "term": "C-1"}
    ours = referrals.CustomerFactory(merchant=own, external_id="C-1")
    referrals.CustomerFactory(merchant=foreign, external_id="C-1")

    found = staff.get(reverse("admin:autocomplete"), asked).json()["results"]

    assert found == [{"id": str(ours.pk), "text": "C-1"}]


@pytest.mark.parametrize("label", ["referrals_apikey", "credits_wallet", "fulfillment_technician"])
def test_a_new_row_can_only_be_of_an_own_merchant(staff, own, foreign, label):
    fulfillment.TechnicianFactory(merchant=foreign, user__email="their-tina@example.com")

    form = staff.get(reverse(f"admin:{label}_add")).text

    assert own.name in form
    assert foreign.name not in form
    assert "their-tina@example.com" not in form


def test_a_key_for_another_merchant_is_refused(staff, foreign):
    asked = {"merchant": foreign.pk, "name": "Till", "scopes": ["credits"]}

    response = staff.post(reverse("admin:referrals_apikey_add"), asked)

    assert "Select a valid choice" in response.text
    assert not foreign.api_keys.exists()


@pytest.mark.parametrize("label", ["referrals_user", "auth_group", "account_emailaddress", "mfa_authenticator"])
def test_people_and_their_keys_are_for_superusers_only(staff, label):
    assert staff.get(reverse(f"admin:{label}_changelist")).status_code == 403
    assert staff.get(reverse(f"admin:{label}_add")).status_code == 403
    assert reverse(f"admin:{label}_changelist") not in staff.get(reverse("admin:index")).text


def test_what_belongs_to_no_merchant_is_for_superusers_only():
    reverse("admin:index")  # The site is put together with the map of the product.
    admins = [admin.site.get_model_admin(model) for model in admin.site._registry]
    rest = [it for it in admins if not isinstance(it, OwnMerchantsAdmin)]

    assert rest
    assert [it for it in rest if not isinstance(it, SuperusersOnly)] == []


def test_whoever_no_longer_works_for_a_merchant_sees_nothing_at_once(staff, own):
    row = row_of(own, Customer)
    own.staff.clear()

    assert staff.get(page(Customer, "change", row)).status_code == 404


@pytest.mark.parametrize("model", LEDGER_AND_FACTS)
def test_not_even_a_superuser_changes_or_deletes_what_is_read_only(superuser, own, model):
    row = row_of(own, model)
    before = model.objects.filter(pk=row.pk).values().get()

    changed = superuser.post(page(model, "change", row), {"points": 7, "name": "x"})
    deleted = superuser.post(page(model, "delete", row), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    superuser.post(page(model, "changelist"), chosen)

    assert (changed.status_code, deleted.status_code) == (403, 403)
    assert model.objects.filter(pk=row.pk).values().get() == before


def test_the_ledger_and_the_facts_are_read_only():
    names = {model.__name__ for model in LEDGER_AND_FACTS}

    assert names >= {"Account", "Entry", "Lot", "LotUse", "Hold", "HeldLot", "QualifyingAmount", "ExpiryNotice"}
    assert names >= {"Adjustment", "TierMove", "TierAssignment"}
    assert names >= {
        "Purchase",
        "Refund",
        "Activity",
        "InboundEvent",
        "Event",
        "Referral",
        "Evaluation",
        "PolicyVersion",
    }


@pytest.mark.parametrize("model", OF_A_MERCHANT)
def test_a_list_costs_the_same_for_many_rows(superuser, model, django_assert_max_num_queries):
    for _ in range(15):
        row_of(referrals.MerchantFactory(), model)

    with django_assert_max_num_queries(8):
        response = superuser.get(page(model, "changelist"))

    assert response.context["cl"].result_count == 15
