"""What breaks each rule that the database holds of webhooks and notifications."""

from tests.credits.broken_rules import foreign, row, twice
from tests.factories.fulfillment import (
    ContactPreferenceFactory,
    DeliveryFactory,
    MessageFactory,
    NotificationFactory,
    OutboxReaderFactory,
    PushSubscriptionFactory,
    WebhookEndpointFactory,
    WordingFactory,
)
from tests.factories.referrals import NOON, MerchantFactory, UserFactory


def told_twice():
    user = UserFactory()
    for _ in range(2):
        NotificationFactory(customer=None, merchant=MerchantFactory(), user=user, key="event:1")


def woken_twice():
    user = UserFactory()
    for _ in range(2):
        PushSubscriptionFactory(customer=None, merchant=MerchantFactory(), user=user)


BROKEN_IN_TELLING = [
    ("outbox_read_to_the_mark", row(OutboxReaderFactory, position=2, mark=1)),
    ("webhook_endpoint_has_events", row(WebhookEndpointFactory, events=[])),
    ("webhook_endpoint_state_is_known", row(WebhookEndpointFactory, state="asleep")),
    *[
        ("webhook_endpoint_url_form", row(WebhookEndpointFactory, url=url))
        for url in ("ftp://shop.example.com", "https://", "https://a@shop.example.com/", "https://shop.example.com/ #")
    ],
    ("delivery_endpoint_same_merchant", foreign(DeliveryFactory)),
    ("delivery_once_an_endpoint", twice(DeliveryFactory, "endpoint", "event")),
    ("delivery_state_is_known", row(DeliveryFactory, state="lost", ended_at=NOON)),
    ("delivery_ends_once_it_ended", row(DeliveryFactory, state="delivered")),
    ("delivery_ends_once_it_ended", row(DeliveryFactory, ended_at=NOON)),
    ("notification_customer_same_merchant", foreign(NotificationFactory)),
    ("notification_has_one_reader", lambda: NotificationFactory(user=UserFactory())),
    ("notification_once_a_customer", twice(NotificationFactory, "customer", "key")),
    ("notification_once_a_user", told_twice),
    ("message_once_a_channel", twice(MessageFactory, "notification", "channel")),
    ("message_channel_is_known", row(MessageFactory, channel="owl")),
    ("message_ends_once_it_ended", row(MessageFactory, state="sent")),
    ("message_ends_once_it_ended", row(MessageFactory, ended_at=NOON)),
    ("wording_once", twice(WordingFactory, "merchant")),
    ("wording_channel_is_known", row(WordingFactory, channel="owl")),
    ("contact_preference_same_merchant", foreign(ContactPreferenceFactory)),
    ("contact_preference_quiet_has_both_ends", row(ContactPreferenceFactory, quiet_from="21:00")),
    ("push_subscription_same_merchant", foreign(PushSubscriptionFactory)),
    ("push_subscription_has_one_reader", lambda: PushSubscriptionFactory(user=UserFactory())),
    ("push_subscription_once", twice(PushSubscriptionFactory, "customer")),
    ("push_subscription_once_a_user", woken_twice),
]
