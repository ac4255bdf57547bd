"""What the top floor answers: the API, under /api/v1/, and pages."""

from django.urls import path

from fulfillment.api.deliveries import DeliveriesView, DeliveryReplayView, ReplayView, WebhookTestView
from fulfillment.api.notifications import (
    ContactPreferencesView,
    NotificationsReadView,
    NotificationsView,
    PushSubscriptionsView,
)
from fulfillment.api.webhook_endpoints import WebhookEndpointsView, WebhookEndpointView, WebhookSecretView
from fulfillment.views.dev_mail import dev_mail, dev_mail_html
from fulfillment.views.notifications import contact_settings, notifications

CUSTOMER = "customers/<path:reference>"
ENDPOINT = "webhook-endpoints/<str:endpoint>"

api_urlpatterns = [
    path("webhook-endpoints", WebhookEndpointsView.as_view(), name="webhook-endpoints"),
    path(ENDPOINT, WebhookEndpointView.as_view(), name="webhook-endpoint"),
    path(f"{ENDPOINT}/secret", WebhookSecretView.as_view(), name="webhook-secret"),
    path(f"{ENDPOINT}/test", WebhookTestView.as_view(), name="webhook-test"),
    path(f"{ENDPOINT}/replay", ReplayView.as_view(), name="webhook-replay"),
    path(f"{ENDPOINT}/deliveries", DeliveriesView.as_view(), name="webhook-deliveries"),
    path(f"{ENDPOINT}/deliveries/<str:delivery>/replay", DeliveryReplayView.as_view(), name="webhook-delivery-replay"),
    path(f"{CUSTOMER}/notifications", NotificationsView.as_view(), name="notifications"),
    path(f"{CUSTOMER}/notifications/read", NotificationsReadView.as_view(), name="notifications-read"),
    path(f"{CUSTOMER}/contact-preferences", ContactPreferencesView.as_view(), name="contact-preferences"),
    path(f"{CUSTOMER}/push-subscriptions", PushSubscriptionsView.as_view(), name="push-subscriptions"),
]

urlpatterns = [
    path("notifications/", notifications, name="notifications-page"),
    path("notifications/settings/", contact_settings, name="contact-settings"),
    path("dev/mail/", dev_mail, name="dev-mail"),
    path("dev/mail/<int:number>/", dev_mail_html, name="dev-mail-html"),
]
