"""Reading endpoints and their log."""

from django.db.models import QuerySet

from config.lib.errors import NotFound
from fulfillment.models.webhooks import Delivery, EndpointState, WebhookEndpoint
from referrals.models.merchants import Merchant
from referrals.selectors import as_uuid


def endpoints_of(*, merchant: Merchant) -> QuerySet[WebhookEndpoint]:
    """A merchant's endpoints, oldest first, without those that were removed."""
    return WebhookEndpoint.objects.filter(merchant=merchant).exclude(state=EndpointState.REMOVED).order_by("pk")


def get_endpoint(*, merchant: Merchant, reference: str) -> WebhookEndpoint:
    """An endpoint of a merchant.

    :raises NotFound: if there is none of this id, or another merchant's.
    """
    uuid = as_uuid(reference)
    found = endpoints_of(merchant=merchant).filter(uuid=uuid).first() if uuid else None
    if found is None:
        raise NotFound("There is no such endpoint.")
    return found


def get_delivery(*, endpoint: WebhookEndpoint, reference: str) -> Delivery:
    """A delivery to an endpoint.

    :raises NotFound: if there is none of this id.
    """
    uuid = as_uuid(reference)
    found = Delivery.objects.select_related("endpoint").filter(endpoint=endpoint, uuid=uuid).first() if uuid else None
    if found is None:
        raise NotFound("There is no such delivery.")
    return found


def deliveries_page(*, endpoint: WebhookEndpoint, before: int | None, size: int) -> tuple[list[Delivery], int | None]:
    """The newest deliveries to an endpoint, and the place where the next page begins; None: it was the last.

    :param before: the place that the page before gave.
    """
    rows = Delivery.objects.filter(endpoint=endpoint).order_by("-pk")
    found = list(rows.filter(pk__lt=before)[: size + 1] if before else rows[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None
