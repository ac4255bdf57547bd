"""Rows of the ground floor, each valid by itself."""

from datetime import UTC, datetime

import factory
from allauth.account.models import EmailAddress

from config.lib.encryption import lookup_hash
from config.lib.mailboxes import mailbox_hash
from referrals.models import (
    Activity,
    ApiKey,
    AuditRecord,
    Click,
    Customer,
    CustomerRfm,
    Destination,
    Event,
    InboundEvent,
    Merchant,
    Payment,
    Purchase,
    Referral,
    ReferralCode,
    ReferralMove,
    Refund,
    Scope,
    ShareLink,
    User,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class MerchantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Merchant

    slug = factory.Sequence(lambda n: f"merchant-{n}")
    name = factory.Sequence(lambda n: f"Merchant No. {n}")
    currency = "USD"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    password = factory.django.Password("a-good-password")

    @factory.post_generation
    def verified_email(self, create, extracted, **kwargs):
        if create and extracted is not False:
            EmailAddress.objects.create(user=self, email=self.email, verified=True, primary=True)

    @factory.post_generation
    def merchants(self, create, extracted, **kwargs):
        if create and extracted:
            self.merchants.set(extracted)


class CustomerFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Customer

    merchant = factory.SubFactory(MerchantFactory)
    external_id = factory.Sequence(lambda n: f"C-{n}")
    name = "Alice"
    email = factory.Sequence(lambda n: f"alice{n}@example.com")
    email_hash = factory.LazyAttribute(lambda customer: lookup_hash(customer.email))
    mailbox_hash = factory.LazyAttribute(lambda customer: mailbox_hash(customer.email))
    created_at = NOON


class CustomerRfmFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CustomerRfm

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    recency_days = 10
    frequency = 3
    monetary = 7500
    recency_score = frequency_score = monetary_score = 3
    segment = "loyal"
    window_days = 365
    computed_at = NOON


class ReferralCodeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReferralCode

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    code = factory.Sequence(lambda n: f"SHARED{n:04}")
    created_at = NOON


class DestinationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Destination

    merchant = factory.SubFactory(MerchantFactory)
    slug = factory.Sequence(lambda n: f"plan-{n}")
    kind = "meal_plan"
    title = "Green weeks"
    url = "https://shop.example.com/plans/green?size=2"


class ShareLinkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ShareLink

    code = factory.SubFactory(ReferralCodeFactory)
    merchant = factory.SelfAttribute("code.merchant")
    channel = "sms"
    created_at = NOON


class ClickFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Click

    link = factory.SubFactory(ShareLinkFactory)
    merchant = factory.SelfAttribute("link.merchant")
    visitor_hash = address_hash = b"\0" * 32
    device = "phone"
    clicked_at = NOON


class ReferralFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Referral

    referral_link = factory.SubFactory(ReferralCodeFactory)
    referrer = factory.SelfAttribute("referral_link.customer")
    merchant = factory.SelfAttribute("referral_link.merchant")
    referee = factory.SubFactory(CustomerFactory, merchant=factory.SelfAttribute("..merchant"), name="Bob")
    claimed_at = joined_at = NOON


class ReferralMoveFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReferralMove

    referral = factory.SubFactory(ReferralFactory)
    merchant = factory.SelfAttribute("referral.merchant")
    sequence = 1
    status = "joined"
    reason = "code_brought"
    actor = "engine"
    moved_at = NOON


class PurchaseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Purchase

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    order_id = factory.Sequence(lambda n: f"order-{n}")
    occurred_at = received_at = NOON
    total = 2599
    lines = factory.LazyFunction(
        lambda: [{"sku": "SALAD", "name": "Green salad", "category": "meals", "quantity": 2, "unit_price": 1200}]
    )


class RefundFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Refund

    purchase = factory.SubFactory(PurchaseFactory)
    merchant = factory.SelfAttribute("purchase.merchant")
    amount = factory.SelfAttribute("purchase.total")
    refund_id = factory.Sequence(lambda n: f"refund-{n}")
    occurred_at = received_at = NOON


class ActivityFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Activity

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    source = "api"
    activity_id = factory.Sequence(lambda n: f"activity-{n}")
    kind = "product_review"
    occurred_at = received_at = NOON


class PaymentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Payment

    purchase = factory.SubFactory(PurchaseFactory, payment_status="pending")
    merchant = factory.SelfAttribute("purchase.merchant")
    status = "paid"
    occurred_at = received_at = NOON


class InboundEventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = InboundEvent

    merchant = factory.SubFactory(MerchantFactory)
    source = "api"
    event_id = factory.Sequence(lambda n: f"event-{n}")
    order_id = factory.Sequence(lambda n: f"order-{n}")
    content_hash = b"\0" * 32
    received_at = NOON


class EventFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Event

    merchant = factory.SubFactory(MerchantFactory)
    type = "points.earned"
    subject_type = "account"
    subject_id = factory.Sequence(lambda n: n + 1)
    sequence = 1
    payload = factory.LazyFunction(lambda: {"points": 100})
    occurred_at = NOON


class ApiKeyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ApiKey

    merchant = factory.SubFactory(MerchantFactory)
    name = "Shop"
    prefix = factory.Sequence(lambda n: f"gv_{n:08}")
    secret_hash = factory.Sequence(lambda n: n.to_bytes(32, "big"))
    scopes = factory.LazyFunction(lambda: [Scope.PURCHASES, Scope.CREDITS])


class AuditRecordFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = AuditRecord

    merchant = factory.SubFactory(MerchantFactory)
    action = "erased"
    subjects = factory.LazyFunction(lambda: [1])
    actor = "command"
    reason = "customer_request"
    recorded_at = NOON
