"""Rows of the third floor, each valid by itself."""

from datetime import timedelta

import factory

from config.lib.encryption import keyed_hash
from rewards.models import (
    Backtest,
    BacktestOutcome,
    Badge,
    BadgeAward,
    Campaign,
    Category,
    ChangeAction,
    CheckoutTerms,
    Coupon,
    CouponPool,
    Evaluation,
    EvaluationState,
    Grant,
    Participation,
    Partner,
    Policy,
    PolicyChange,
    PolicyVersion,
    PurchaseSession,
    RewardOption,
    RewardType,
    Segment,
    SegmentMember,
    Settlement,
    Taking,
    Trigger,
    VersionStatus,
)
from rewards.models.evaluations import shard_of
from tests.factories.referrals import NOON, CustomerFactory, MerchantFactory, PurchaseFactory


class PartnerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Partner

    merchant = factory.SubFactory(MerchantFactory)
    code = factory.Sequence(lambda n: f"partner-{n}")
    name = factory.Sequence(lambda n: f"Café No. {n}")


class SettlementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Settlement

    partner = factory.SubFactory(PartnerFactory)
    merchant = factory.SelfAttribute("partner.merchant")
    starts_on = NOON.date()
    ends_on = NOON.date() + timedelta(days=30)
    lines = factory.LazyFunction(list)
    amount = 0
    closed_at = NOON


class CheckoutTermsFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CheckoutTerms

    merchant = factory.SubFactory(MerchantFactory)


class RewardTypeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RewardType

    merchant = factory.SubFactory(MerchantFactory)
    code = factory.Sequence(lambda n: f"type-{n}")
    name = factory.Sequence(lambda n: f"Reward type No. {n}")
    category = Category.FREE_PRODUCT


class RewardOptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RewardOption

    reward_type = factory.SubFactory(RewardTypeFactory)
    merchant = factory.SelfAttribute("reward_type.merchant")
    code = factory.Sequence(lambda n: f"option-{n}")
    name = factory.Sequence(lambda n: f"Free meal No. {n}")


class PolicyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Policy

    merchant = factory.SubFactory(MerchantFactory)
    code = factory.Sequence(lambda n: f"policy-{n}")
    name = factory.Sequence(lambda n: f"Policy No. {n}")


class PolicyVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PolicyVersion

    policy = factory.SubFactory(PolicyFactory)
    merchant = factory.SelfAttribute("policy.merchant")
    number = 1
    definition = factory.LazyFunction(lambda: {"on": "purchase.completed", "give": {"points": 100}})
    status = VersionStatus.PUBLISHED
    published_at = NOON
    effective_at = factory.SelfAttribute("published_at")


class PolicyChangeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PolicyChange

    merchant = factory.SubFactory(MerchantFactory)
    policy_code = factory.Sequence(lambda n: f"policy-{n}")
    number = 1
    action = ChangeAction.DRAFTED
    actor = "user:1"
    recorded_at = NOON


class BacktestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Backtest

    merchant = factory.SubFactory(MerchantFactory)
    candidate = factory.LazyFunction(lambda: {"points": None})
    actor = "user:1"
    created_at = NOON


class BacktestOutcomeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BacktestOutcome

    backtest = factory.SubFactory(BacktestFactory)
    merchant = factory.SelfAttribute("backtest.merchant")
    customer = factory.SubFactory(CustomerFactory, merchant=factory.SelfAttribute("..merchant"))
    points_before = points_after = grants_before = grants_after = 0


class EvaluationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Evaluation

    class Params:
        purchase = factory.SubFactory(PurchaseFactory)
        failed = factory.Trait(
            state=EvaluationState.FAILED, attempts=5, decision=None, evaluated_at=None, failure="KeyError: 'SALAD'"
        )

    merchant = factory.SelfAttribute("purchase.merchant")
    trigger = Trigger.PURCHASE_COMPLETED
    subject_type = "purchase"
    subject_id = factory.SelfAttribute("purchase.pk")
    customer = factory.SelfAttribute("purchase.customer")
    shard = factory.LazyAttribute(lambda evaluation: shard_of(evaluation.customer.root_id or evaluation.customer.pk))
    occurred_at = due_at = created_at = evaluated_at = NOON
    state = EvaluationState.DONE
    decision = factory.LazyFunction(dict)


class GrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Grant

    evaluation = factory.SubFactory(EvaluationFactory)
    merchant = factory.SelfAttribute("evaluation.merchant")
    customer = factory.SelfAttribute("evaluation.customer")
    option = factory.SubFactory(RewardOptionFactory, reward_type__merchant=factory.SelfAttribute("...merchant"))
    policy_version = factory.SubFactory(PolicyVersionFactory, policy__merchant=factory.SelfAttribute("...merchant"))
    key = factory.Sequence(lambda n: f"cause:{n}")
    issued_at = NOON


class CampaignFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Campaign

    merchant = factory.SubFactory(MerchantFactory)
    code = factory.Sequence(lambda n: f"campaign-{n}")
    name = factory.Sequence(lambda n: f"Campaign No. {n}")
    definition = factory.LazyFunction(lambda: {"type": "points_multiplier", "multiplier": 2})


class ParticipationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Participation

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    campaign = factory.SubFactory(CampaignFactory, merchant=factory.SelfAttribute("..merchant"))
    joined_at = NOON


class SegmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Segment

    merchant = factory.SubFactory(MerchantFactory)
    code = factory.Sequence(lambda n: f"segment-{n}")
    name = factory.Sequence(lambda n: f"Segment No. {n}")


class SegmentMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = SegmentMember

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    segment = factory.SubFactory(SegmentFactory, merchant=factory.SelfAttribute("..merchant"))
    since = NOON


class BadgeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Badge

    merchant = factory.SubFactory(MerchantFactory)
    code = factory.Sequence(lambda n: f"badge-{n}")
    name = factory.Sequence(lambda n: f"Badge No. {n}")


class BadgeAwardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = BadgeAward

    evaluation = factory.SubFactory(EvaluationFactory)
    merchant = factory.SelfAttribute("evaluation.merchant")
    customer = factory.SelfAttribute("evaluation.customer")
    badge = factory.SubFactory(BadgeFactory, merchant=factory.SelfAttribute("..merchant"))
    awarded_at = NOON


class TakingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Taking

    option = factory.SubFactory(RewardOptionFactory)
    merchant = factory.SelfAttribute("option.merchant")
    customer = factory.SubFactory(CustomerFactory, merchant=factory.SelfAttribute("..option.merchant"))
    quantity = 1
    key = factory.Sequence(lambda n: f"purpose:{n}")
    taken_at = NOON


class CouponPoolFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CouponPool

    option = factory.SubFactory(RewardOptionFactory, needs_coupon=True)
    merchant = factory.SelfAttribute("option.merchant")


class CouponFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Coupon

    class Params:
        reserved = factory.Trait(
            state="reserved",
            customer=factory.SubFactory(CustomerFactory, merchant=factory.SelfAttribute("..pool.merchant")),
            key="purpose:1",
            reserved_at=NOON,
        )

    pool = factory.SubFactory(CouponPoolFactory)
    merchant = factory.SelfAttribute("pool.merchant")
    code = factory.Sequence(lambda n: f"GIFT-{n}")
    code_hash = factory.LazyAttribute(lambda coupon: keyed_hash(coupon.code.encode()))
    imported_at = NOON


class PurchaseSessionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PurchaseSession

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    cart = factory.LazyFunction(dict)
    quote = factory.LazyFunction(dict)
    gross = goods = 1000
    created_at = NOON
    expires_at = NOON + timedelta(minutes=15)
