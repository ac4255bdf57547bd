"""What the top floor answers under /api/v1/."""

from django.urls import path

from fulfillment.api.deliveries import DeliveriesView, DeliveryReplayView, ReplayView, WebhookTestView
from fulfillment.api.webhook_endpoints import WebhookEndpointsView, WebhookEndpointView, WebhookSecretView

ENDPOINT = "webhook-endpoints/<str:endpoint>"

api_urlpatterns = [
    path("webhook-endpoints", WebhookEndpointsView.as_view(), name="webhook-endpoints"),
    path(ENDPOINT, WebhookEndpointView.as_view(), name="webhook-endpoint"),
    path(f"{ENDPOINT}/secret", WebhookSecretView.as_view(), name="webhook-secret"),
    path(f"{ENDPOINT}/test", WebhookTestView.as_view(), name="webhook-test"),
    path(f"{ENDPOINT}/replay", ReplayView.as_view(), name="webhook-replay"),
    path(f"{ENDPOINT}/deliveries", DeliveriesView.as_view(), name="webhook-deliveries"),
    path(f"{ENDPOINT}/deliveries/<str:delivery>/replay", DeliveryReplayView.as_view(), name="webhook-delivery-replay"),
]
