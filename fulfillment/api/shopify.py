"""The door for webhooks of Shopify: orders and what becomes of them, products, and what privacy law asks for.

It stands on the top floor because some topics erase people; orders are the third floor's.
"""

import hashlib
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from config.lib import strict_json
from config.lib.errors import DomainError, Invalid
from fulfillment.services.shopify import redact_customer, redact_shop, request_data
from referrals.models.shops import ShopifyShop
from referrals.selectors.shops import shop_that_signed
from referrals.services.refused import record_refusal
from referrals.services.shops import note_told
from rewards.services.shopify import taking
from rewards.services.shopify.taking import Take, Told
from rewards.tasks import nudge

TOPICS: Mapping[str, Take] = MappingProxyType(
    {
        **taking.TOPICS,
        "customers/redact": redact_customer,
        "customers/data_request": request_data,
        "shop/redact": redact_shop,
    }
)


@csrf_exempt
@require_POST
def shopify(request: HttpRequest, topic: str = "") -> HttpResponse:
    """Take in one webhook; 200 means that it is durably recorded, or that nothing need come of it.

    401 for a wrong signature and for a shop that is not known, alike. What can never be taken in gets 200 as well,
    since it would only come again and cost the subscription; it is written down for staff. 503 if it can be later.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    headers, body = request.headers, request.body
    domain, signature = headers.get("X-Shopify-Shop-Domain", ""), headers.get("X-Shopify-Hmac-Sha256", "")
    shop = shop_that_signed(domain=domain, signature=signature, body=body)
    if shop is None:
        return HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    topic = headers.get("X-Shopify-Topic") or topic
    take = TOPICS.get(topic)
    return HttpResponse() if take is None else _take(take, request, shop, topic)


def _take(take: Take, request: HttpRequest, shop: ShopifyShop, topic: str) -> HttpResponse:
    now, body = timezone.now(), request.body
    read: Any = None
    try:
        read = _read(body)
        told = Told(shop, f"{topic}:{_event_id(request)}", read, now)
        note_told(shop=shop, now=now)
        if take(told):
            nudge()
    except DomainError as error:
        if error.retry_after_seconds:
            wait = {"Retry-After": str(error.retry_after_seconds)}
            return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=wait)
        about = f"{topic} {_id_of(read)}"
        source = shop.source
        record_refusal(merchant=shop.merchant, source=source, content=body, about=about, error=error, now=now)
    return HttpResponse()


def _read(body: bytes) -> Any:
    try:
        return strict_json.loads(body)
    except ValueError as error:
        raise Invalid(f"The body is not JSON that can be read: {error}") from None


def _event_id(request: HttpRequest) -> str:
    """What names the event, in whatever deliveries it comes; a body without a name is named by itself."""
    headers = request.headers
    named = headers.get("X-Shopify-Event-Id") or headers.get("X-Shopify-Webhook-Id")
    return named or hashlib.sha256(request.body).hexdigest()


def _id_of(read: Any) -> str:
    found = read.get("id") if isinstance(read, dict) else None
    return str(found) if isinstance(found, int) else ""
