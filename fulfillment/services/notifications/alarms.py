"""What staff are told because something needs them."""

from datetime import datetime

from fulfillment.models.notifications import Message, Notification
from fulfillment.models.webhooks import WebhookEndpoint
from fulfillment.selectors.notices import BY_KIND, WEBHOOK_DISABLED
from referrals.models.users import User


def tell_of_disabled(*, endpoint: WebhookEndpoint, now: datetime) -> None:
    """Write to those of the merchant's staff who can enable an endpoint that was disabled."""
    able = User.objects.filter(
        merchants=endpoint.merchant_id, is_active=True, groups__permissions__codename="change_webhookendpoint"
    )
    for user in able.distinct().order_by("pk"):
        told, is_new = Notification.objects.get_or_create(
            user=user,
            key=f"endpoint:{endpoint.pk}:{now.isoformat()}",
            defaults={
                "merchant_id": endpoint.merchant_id,
                "kind": WEBHOOK_DISABLED,
                "arguments": {"address": endpoint.url},
                "created_at": now,
            },
        )
        if is_new:
            channels = BY_KIND[WEBHOOK_DISABLED].channels
            Message.objects.bulk_create(Message(notification=told, channel=each, due_at=now) for each in channels)
