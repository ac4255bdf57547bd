"""Each rule that the database holds refuses what breaks it, under its name; and it holds every rule of every floor."""

import factory
import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from config.lib.constraints import SameMerchant
from rewards.models import Counter, LimitUse
from tests.credits.broken_rules import BROKEN_IN_CREDITS, foreign, row, twice
from tests.factories.referrals import (
    NOON,
    ActivityFactory,
    ApiKeyFactory,
    AuditRecordFactory,
    CustomerFactory,
    CustomerRfmFactory,
    EventFactory,
    InboundEventFactory,
    MerchantFactory,
    PaymentFactory,
    PurchaseFactory,
    ReferralCodeFactory,
    ReferralFactory,
    RefundFactory,
    UserFactory,
)
from tests.factories.rewards import (
    EvaluationFactory,
    GrantFactory,
    PolicyFactory,
    PolicyVersionFactory,
    RewardOptionFactory,
    RewardTypeFactory,
)
from tests.fulfillment.broken_rules import BROKEN_IN_FULFILLMENT
from tests.fulfillment.broken_telling import BROKEN_IN_TELLING
from tests.referrals.broken_rules import (
    BROKEN_IN_CODES,
    BROKEN_IN_DOORS,
    BROKEN_IN_JOINING,
    BROKEN_IN_LINKS,
    BROKEN_IN_RISK,
    BROKEN_IN_SHARING,
)
from tests.rewards.broken_campaigns import BROKEN_IN_CAMPAIGNS
from tests.rewards.broken_experiments import BROKEN_IN_EXPERIMENTS
from tests.rewards.broken_policies import BROKEN_IN_POLICIES
from tests.rewards.broken_rules import BROKEN_IN_CATALOG

pytestmark = pytest.mark.django_db
NOBODY = {"external_id": None, "name": "", "email": "", "email_hash": None, "mailbox_hash": None}
FLOORS = ("referrals", "credits", "rewards", "fulfillment")


def people_of_another_merchant_than_the_code():
    customer = CustomerFactory()
    ReferralFactory(merchant=customer.merchant, referrer=customer, referee=CustomerFactory(merchant=customer.merchant))


def oneself_as_a_friend():
    customer = CustomerFactory()
    ReferralFactory(referral_link__customer=customer, referee=customer)


BROKEN = [
    ("merchant_currency_is_iso", row(MerchantFactory, currency="usd")),
    ("merchant_qualifying_minimum_not_negative", row(MerchantFactory, minimum_qualifying_purchase=-1)),
    ("api_key_has_scopes", row(ApiKeyFactory, scopes=[])),
    ("customer_external_id_once", twice(CustomerFactory, "merchant", "external_id")),
    ("customer_user_once", twice(CustomerFactory, "merchant", "user", user=factory.SubFactory(UserFactory))),
    ("customer_external_id_not_blank", row(CustomerFactory, external_id="")),
    ("referral_code_same_merchant", foreign(ReferralCodeFactory)),
    ("referral_code_one_live", twice(ReferralCodeFactory, "customer")),
    *BROKEN_IN_CODES,
    *BROKEN_IN_LINKS,
    *BROKEN_IN_SHARING,
    *BROKEN_IN_JOINING,
    *BROKEN_IN_DOORS,
    ("event_sequence_once", twice(EventFactory, "subject_id")),
    ("event_sequence_positive", row(EventFactory, sequence=0)),
    ("inbound_event_once", twice(InboundEventFactory, "merchant", "event_id")),
    ("purchase_same_merchant", foreign(PurchaseFactory)),
    ("purchase_order_once", twice(PurchaseFactory, "customer", "order_id")),
    *[("purchase_total_in_range", row(PurchaseFactory, total=total)) for total in (-1, 10**12 + 1)],
    ("referral_referee_same_merchant", foreign(ReferralFactory, "referee", CustomerFactory)),
    ("referral_referrer_same_merchant", foreign(ReferralFactory, "referrer", CustomerFactory)),
    ("referral_link_same_merchant", people_of_another_merchant_than_the_code),
    ("referral_one_referrer_for_life", twice(ReferralFactory, "referral_link", "referee")),
    ("referral_not_oneself", oneself_as_a_friend),
    *[
        ("referral_qualified_has_a_date", row(ReferralFactory, status=status))
        for status in ("qualified", "rewarded", "reversed")
    ],
    ("refund_same_merchant", foreign(RefundFactory)),
    ("refund_once", lambda: RefundFactory(refund_id="R", merchant=RefundFactory(refund_id="R").merchant)),
    ("refund_is_settled_or_waits", row(RefundFactory, amount=None)),
    ("refund_is_settled_or_waits", row(RefundFactory, refusal="refund_exceeds_paid")),
    ("payment_same_merchant", foreign(PaymentFactory)),
    ("customer_rfm_same_merchant", foreign(CustomerRfmFactory)),
    *[
        ("customer_rfm_scores_from_one_to_five", row(CustomerRfmFactory, **{f"{name}_score": score}))
        for name in ("recency", "frequency", "monetary")
        for score in (0, 6)
    ],
    ("payment_once_a_purchase", twice(PaymentFactory, "purchase")),
    ("refund_amount_not_negative", row(RefundFactory, amount=-1)),
    ("user_email_once", lambda: [UserFactory(email=email) for email in ("alice@example.com", "Alice@example.com")]),
    ("activity_once", twice(ActivityFactory, "merchant", "activity_id")),
    ("activity_same_merchant", foreign(ActivityFactory)),
    ("activity_kind_is_a_word", row(ActivityFactory, kind="Product review")),
    ("activity_own_kinds_are_ours", row(ActivityFactory, kind="birthday")),
    ("activity_own_kinds_are_ours", row(ActivityFactory, source="grapevine")),
    *[("customer_birthday_in_range", row(CustomerFactory, birthday=day)) for day in ("1899-12-31", "2100-01-01")],
    *[
        ("customer_erased_has_no_name", row(CustomerFactory, erased_at=NOON, **{**NOBODY, **known}))
        for known in (
            {"external_id": "alice"},
            {"name": "Alice"},
            {"email": "alice@example.com"},
            {"email_hash": b"a" * 32},
            {"mailbox_hash": b"a" * 32},
            {"phone": "+441632960000"},
            {"phone_hash": b"a" * 32},
            {"birthday": "1990-01-01"},
            {"user": factory.SubFactory(UserFactory)},
        )
    ],
    ("audit_reason_is_a_word", row(AuditRecordFactory, reason="Alice asked for it")),
    ("audit_actor_is_a_word", row(AuditRecordFactory, actor="Sam Support")),
    *BROKEN_IN_CREDITS,
    *BROKEN_IN_RISK,
    ("reward_type_code_once", twice(RewardTypeFactory, "merchant", "code")),
    *[
        ("reward_type_discount_makes_sense", row(RewardTypeFactory, discount_type=kind, discount_value=value))
        for kind, value in (("percentage", 0), ("percentage", 101), ("fixed", 0), ("free", 5), ("none", 5))
    ],
    ("reward_option_same_merchant", foreign(RewardOptionFactory)),
    ("reward_option_code_once", twice(RewardOptionFactory, "reward_type", "code")),
    ("reward_option_points_positive", row(RewardOptionFactory, points_required=0)),
    ("policy_code_once", twice(PolicyFactory, "merchant", "code")),
    ("policy_version_same_merchant", foreign(PolicyVersionFactory)),
    *BROKEN_IN_POLICIES,
    (
        "counter_peak_is_highest",
        lambda: Counter.objects.create(customer=CustomerFactory(), scope="s", measure="m", amount=2, peak=1),
    ),
    (
        "counter_peak_is_highest",
        lambda: Counter.objects.create(customer=CustomerFactory(), scope="s", measure="m", amount=-1, peak=0),
    ),
    *[
        (
            "limit_use_not_negative",
            lambda times=times, points=points: LimitUse.objects.create(
                policy=PolicyFactory(), customer=CustomerFactory(), period="ever", times=times, points=points
            ),
        )
        for times, points in ((-1, 0), (0, -1))
    ],
    ("evaluation_same_merchant", foreign(EvaluationFactory)),
    ("evaluation_once_a_subject", twice(EvaluationFactory, "subject_id")),
    (
        "evaluation_consequence_once",
        twice(EvaluationFactory, "cause", "subject_id", cause=factory.SubFactory(EvaluationFactory)),
    ),
    ("evaluation_depth_at_most_three", row(EvaluationFactory, depth=4)),
    *[("evaluation_done_has_a_decision", row(EvaluationFactory, **{c: None})) for c in ("decision", "evaluated_at")],
    ("grant_customer_same_merchant", foreign(GrantFactory)),
    ("grant_option_same_merchant", foreign(GrantFactory, "option", RewardOptionFactory)),
    ("grant_one_per_cause", twice(GrantFactory, "evaluation", "key")),
    ("grant_quantity_positive", row(GrantFactory, quantity=0)),
    ("grant_revoked_has_a_date", row(GrantFactory, state="revoked")),
    ("grant_revoked_has_a_date", row(GrantFactory, revoked_at=factory.SelfAttribute("issued_at"))),
    *BROKEN_IN_CAMPAIGNS,
    *BROKEN_IN_EXPERIMENTS,
    *BROKEN_IN_CATALOG,
    ("grant_by_a_policy_or_for_points", row(GrantFactory, policy_version=None)),
    *BROKEN_IN_FULFILLMENT,
    *BROKEN_IN_TELLING,
]  # fmt: skip

REFERRED_TO = {
    f"{noun}_id_merchant"
    for noun in (
        "account", "badge", "campaign", "customer", "destination", "experiment", "policy", "policy_day", "purchase",
        "referral_code", "segment", "share_link", "shopify_shop", "wallet",
    )
} | {
    "backtest_id_merchant", "referral_id_merchant", "coupon_pool_id_merchant",
    "grant_id_merchant", "partner_id_merchant", "settlement_id_merchant",
    "reward_option_id_merchant", "reward_type_id_merchant",
    "redemption_id_merchant", "redemption_id_customer", "technician_id_merchant", "service_record_id_customer",
    "slot_id_merchant", "webhook_endpoint_id_merchant",
}  # fmt: skip
"""Nobody can break these without breaking a primary key first; foreign keys that hold the merchant refer to them."""


def constraints():
    models = [model for floor in FLOORS for model in apps.get_app_config(floor).get_models()]
    return [(model, constraint) for model in models for constraint in model._meta.constraints]


@pytest.mark.parametrize(("name", "break_it"), BROKEN)
def test_the_database_refuses_what_breaks_the_rule(name, break_it):
    with pytest.raises(IntegrityError) as refused:
        break_it()
    assert refused.value.__cause__.diag.constraint_name == name


def test_every_rule_has_a_test_here():
    assert {constraint.name for _, constraint in constraints()} == {name for name, _ in BROKEN} | REFERRED_TO


def test_every_rule_of_the_models_is_in_the_database_under_its_name():
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text, conname FROM pg_constraint")
        held = set(cursor.fetchall())
        cursor.execute("SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index WHERE indisunique")
        held.update(cursor.fetchall())
    assert {(model._meta.db_table, constraint.name) for model, constraint in constraints()} <= held


def test_whatever_a_row_of_a_merchant_refers_to_is_held_to_be_of_that_merchant():
    held = {(model, constraint.field) for model, constraint in constraints() if isinstance(constraint, SameMerchant)}
    loose = {
        (model, field.name)
        for model in {model for model, _ in constraints()}
        for field in model._meta.fields
        if field.is_relation and not field.db_constraint and field.name != "merchant"
    }
    of_no_merchant = {(model, name) for model, name in loose if not hasattr(model, "merchant")}
    assert loose - of_no_merchant == held
