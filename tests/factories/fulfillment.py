"""Rows of the top floor, each valid by itself."""

from datetime import date, timedelta

import factory

from fulfillment.models import (
    Appointment,
    Assignment,
    ContactPreference,
    Delivery,
    Message,
    Note,
    Notification,
    OutboxReader,
    Photo,
    PushSubscription,
    Redemption,
    RepairReward,
    ServiceRecord,
    Shipment,
    Slot,
    StatusMove,
    Technician,
    TimeOff,
    Voice,
    WebhookEndpoint,
    Wording,
    WorkingHours,
)
from tests.factories.credits import HoldFactory
from tests.factories.referrals import NOON, CustomerFactory, EventFactory, MerchantFactory, UserFactory
from tests.factories.rewards import RewardOptionFactory


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


class WorkingHoursFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WorkingHours

    technician = factory.SubFactory(TechnicianFactory)
    weekday = 0
    starts_at = "09:00"
    ends_at = "17:00"


class TimeOffFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TimeOff

    technician = factory.SubFactory(TechnicianFactory)
    first_day = last_day = date(2026, 12, 24)


class RedemptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Redemption
        skip_postgeneration_save = True

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    option = factory.SubFactory(
        RewardOptionFactory, reward_type__merchant=factory.SelfAttribute("...merchant"), points_required=100
    )
    unit_points = 100
    points = factory.LazyAttribute(lambda it: it.unit_points * it.quantity)
    quantity = 1
    hold = factory.SubFactory(
        HoldFactory, account__customer=factory.SelfAttribute("...customer"), points=factory.SelfAttribute("..points")
    )
    key = factory.Sequence(lambda n: f"request:{n}")
    needs_technician = shipping_required = by_appointment = False
    created_at = NOON
    event_sequence = 1

    @factory.post_generation
    def history(self, create, extracted, **kwargs):
        if create and extracted is not False:
            StatusMove.objects.create(
                redemption=self, to_status="pending", actor="customer", reason="asked", moved_at=NOON
            )


class StatusMoveFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = StatusMove

    redemption = factory.SubFactory(RedemptionFactory, history=False)
    to_status = "pending"
    actor = "customer"
    reason = "asked"
    moved_at = NOON


class NoteFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Note

    redemption = factory.SubFactory(RedemptionFactory)
    text = "Left with the neighbour."
    actor = "user:1"
    written_at = NOON


class PhotoFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Photo

    redemption = factory.SubFactory(RedemptionFactory)
    content = b"a picture"
    digest = b"\0" * 32
    actor = "user:1"
    taken_at = NOON


class AssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assignment

    redemption = factory.SubFactory(RedemptionFactory, needs_technician=True)
    merchant = factory.SelfAttribute("redemption.merchant")
    technician = factory.SubFactory(TechnicianFactory, merchant=factory.SelfAttribute("..merchant"))
    actor = "system"
    assigned_at = NOON


class ShipmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Shipment

    redemption = factory.SubFactory(RedemptionFactory, shipping_required=True)
    address = "Alice\n1 Elm Street\nSpringfield"
    asked_at = NOON


class SlotFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Slot

    option = factory.SubFactory(RewardOptionFactory, by_appointment=True)
    merchant = factory.SelfAttribute("option.merchant")
    starts_at = factory.Sequence(lambda n: NOON + timedelta(days=n + 1))
    ends_at = factory.LazyAttribute(lambda slot: slot.starts_at + timedelta(hours=1))


class AppointmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Appointment

    redemption = factory.SubFactory(RedemptionFactory, by_appointment=True)
    merchant = factory.SelfAttribute("redemption.merchant")
    slot = factory.SubFactory(SlotFactory, option=factory.SelfAttribute("..redemption.option"), taken=1)
    places = 1
    booked_at = NOON


class ServiceRecordFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ServiceRecord

    customer = factory.SubFactory(CustomerFactory)
    merchant = factory.SelfAttribute("customer.merchant")
    reference = factory.Sequence(lambda n: f"repair-{n}")
    kind = "repair"
    amount = 20_000
    opened_at = NOON


class RepairRewardFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RepairReward

    redemption = factory.SubFactory(RedemptionFactory)
    merchant = factory.SelfAttribute("redemption.merchant")
    customer = factory.SelfAttribute("redemption.customer")
    service_record = factory.SubFactory(ServiceRecordFactory, customer=factory.SelfAttribute("..customer"))
    category = "repair_discount"
    discount_type = "percentage"
    discount_value = 50
    price_before = 20_000
    price_after = 10_000
    actor = "user:1"
    applied_at = NOON


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
