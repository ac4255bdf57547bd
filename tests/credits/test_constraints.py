"""Each rule that the database holds refuses what breaks it, under its name; and it holds every rule of every floor."""

import factory
import pytest
from django.apps import apps
from django.db import IntegrityError, connection

from config.lib.constraints import SameMerchant
from credits.models import Wallet
from rewards.models import Counter, LimitUse
from tests.factories.credits import (
    AccountFactory,
    EntryFactory,
    LotFactory,
    LotUseFactory,
    QualifyingAmountFactory,
    TierFactory,
    TierMoveFactory,
    WalletFactory,
)
from tests.factories.fulfillment import TechnicianFactory
from tests.factories.referrals import (
    ApiKeyFactory,
    CustomerFactory,
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

pytestmark = pytest.mark.django_db
FLOORS = ("referrals", "credits", "rewards", "fulfillment")
A_BILLION_AND_ONE = 10**9 + 1


def row(make, **values):
    """A row with these values."""
    return lambda: make(**values)


def twice(make, *fields, **values):
    """Two rows that agree in these fields."""

    def make_both():
        first = make(**values)
        make(**values | {field: getattr(first, field) for field in fields})

    return make_both


def foreign(make, field="merchant", other=MerchantFactory):
    """A row that refers to something of another merchant."""
    return lambda: make(**{field: other()})


def people_of_another_merchant_than_the_code():
    customer = CustomerFactory()
    ReferralFactory(merchant=customer.merchant, referrer=customer, referee=CustomerFactory(merchant=customer.merchant))


def oneself_as_a_friend():
    customer = CustomerFactory()
    ReferralFactory(referral_link__customer=customer, referee=customer)


def a_second_wallet(**values):
    return lambda: Wallet.objects.create(merchant=WalletFactory(code="points").merchant, **values)


def a_move_to_where_one_is():
    tier = TierFactory()
    TierMoveFactory(
        account__wallet=tier.wallet, account__customer__merchant=tier.merchant, from_tier=tier, to_tier=tier
    )


BROKEN = [
    ("merchant_currency_is_iso", row(MerchantFactory, currency="usd")),
    ("merchant_qualifying_minimum_not_negative", row(MerchantFactory, minimum_qualifying_purchase=-1)),
    ("api_key_has_scopes", row(ApiKeyFactory, scopes=[])),
    ("customer_external_id_once", twice(CustomerFactory, "merchant", "external_id")),
    ("customer_user_once", twice(CustomerFactory, "merchant", "user", user=factory.SubFactory(UserFactory))),
    ("customer_external_id_not_blank", row(CustomerFactory, external_id="")),
    ("referral_code_same_merchant", foreign(ReferralCodeFactory)),
    ("referral_code_one_live", twice(ReferralCodeFactory, "customer")),
    *[("referral_code_form", row(ReferralCodeFactory, code=code)) for code in ("abcd", "ABC", "AB-CD", "Ä123")],
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
    ("payment_once_a_purchase", twice(PaymentFactory, "purchase")),
    ("refund_amount_not_negative", row(RefundFactory, amount=-1)),
    ("user_email_once", lambda: [UserFactory(email=email) for email in ("alice@example.com", "Alice@example.com")]),
    ("wallet_code_once", a_second_wallet(code="points", is_default=False)),
    ("wallet_one_default", a_second_wallet(code="gems")),
    ("wallet_expiry_positive", row(WalletFactory, expiry_months=0)),
    ("account_customer_same_merchant", foreign(AccountFactory)),
    ("account_wallet_same_merchant", foreign(AccountFactory, "wallet", WalletFactory)),
    ("account_once_a_wallet", twice(AccountFactory, "customer", "wallet")),
    *[
        ("account_never_below_zero", row(AccountFactory, **{column: -1}))
        for column in ("available", "pending", "held", "owed")
    ],
    ("entry_same_merchant", foreign(EntryFactory)),
    ("entry_one_effect_per_cause", twice(EntryFactory, "account", "key")),
    *[
        ("entry_points_in_range", row(EntryFactory, points=points))
        for points in (0, A_BILLION_AND_ONE, -A_BILLION_AND_ONE)
    ],
    *[("lot_remaining_in_range", row(LotFactory, remaining=remaining)) for remaining in (-1, 101)],
    ("lot_remaining_in_range", row(LotFactory, granted=0, remaining=0)),
    ("lot_waits_for_a_cause", row(LotFactory, active_at=None)),
    ("lot_waits_for_a_cause", row(LotFactory, waiting_for="payment")),
    ("lot_use_not_zero", row(LotUseFactory, points=0)),
    ("qualifying_amount_once", twice(QualifyingAmountFactory, "account", "evaluation_id")),
    ("tier_same_merchant", foreign(TierFactory)),
    ("tier_code_once", twice(TierFactory, "wallet", "code")),
    ("tier_rank_once", twice(TierFactory, "wallet", "rank")),
    *[
        ("tier_requirements_not_negative", row(TierFactory, rank=1, **{column: -1}))
        for column in ("min_spend", "min_orders", "min_points")
    ],
    *[
        ("tier_lowest_requires_nothing", row(TierFactory, rank=0, **{column: 1}))
        for column in ("min_spend", "min_orders", "min_points")
    ],
    *[("tier_multiplier_in_range", row(TierFactory, points_multiplier=times)) for times in ("0", "100.001")],
    ("tier_move_once_an_evaluation", twice(TierMoveFactory, "account", evaluation_id=1)),
    ("tier_move_moves", a_move_to_where_one_is),
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
    ("policy_version_number_once", twice(PolicyVersionFactory, "policy", status="draft")),
    ("policy_one_version_in_force", lambda: PolicyVersionFactory(policy=PolicyVersionFactory().policy, number=2)),
    *[
        ("policy_version_published_has_a_date", row(PolicyVersionFactory, status=status, published_at=None))
        for status in ("published", "retired")
    ],
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
    ("technician_once_a_merchant", twice(TechnicianFactory, "merchant", "user")),
]  # fmt: skip

REFERRED_TO = {
    f"{noun}_id_merchant" for noun in ("account", "customer", "policy", "purchase", "referral_code", "wallet")
} | {"reward_option_id_merchant", "reward_type_id_merchant"}
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
