"""Rows of the top floor, each valid by itself."""

import factory

from fulfillment.models import (
    ContactPreference,
    Delivery,
    Message,
    Notification,
    OutboxReader,
    PushSubscription,
    Technician,
    Voice,
    WebhookEndpoint,
    Wording,
)
from tests.factories.referrals import NOON, CustomerFactory, EventFactory, MerchantFactory, UserFactory


class TechnicianFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Technician
        skip_postgeneration_save = True

    merchant = factory.SubFactory(MerchantFactory)
    user = factory.SubFactory(UserFactory)

    @factory.post_generation
    def works_there(self, create, extracted, **kwargs):
        if create:
            self.user.merchants.add(self.merchant)


class WebhookEndpointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WebhookEndpoint

    merchant = factory.SubFactory(MerchantFactory)
    url = "https://shop.example.com/hooks"
    events = ["*"]
    secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
    state_since = created_at = NOON


class DeliveryFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Delivery

    endpoint = factory.SubFactory(WebhookEndpointFactory)
    merchant = factory.SelfAttribute("endpoint.merchant")
    event = factory.SubFactory(EventFactory, merchant=factory.SelfAttribute("..merchant"))
    message_id = factory.SelfAttribute("event.uuid")
    type = factory.SelfAttribute("event.type")
    subject_type = factory.SelfAttribute("event.subject_type")
    subject_id = factory.SelfAttribute("event.subject_id")
    due_at = created_at = NOON


class NotificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notification

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    kind = "points_earned"
    key = factory.Sequence(lambda n: f"event:{n}")
    arguments = factory.LazyFunction(lambda: {"points": 100})
    created_at = NOON


class MessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Message

    notification = factory.SubFactory(NotificationFactory)
    channel = "email"
    due_at = NOON


class VoiceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Voice

    merchant = factory.SubFactory(MerchantFactory)


class WordingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Wording

    merchant = factory.SubFactory(MerchantFactory)
    kind = "points_earned"
    title = "{points} more"
    text = "Well done."


class ContactPreferenceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ContactPreference

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")


class PushSubscriptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = PushSubscription

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    endpoint = "https://push.example.com/1"
    endpoint_hash = b"\0" * 32
    p256dh = b"\4" + b"\0" * 64
    auth = b"\0" * 16
    created_at = NOON


class OutboxReaderFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = OutboxReader

    name = factory.Sequence(lambda n: f"reader-{n}")
