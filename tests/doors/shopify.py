"""A shop at Shopify: its payloads, in the shape that Shopify documents, and its way of delivering them."""

import base64
import hashlib
import hmac
import json
from itertools import count
from pathlib import Path

from django.test import Client

FOLDER = Path(__file__).parents[1] / "data/shopify"
DOMAIN = "acme.myshopify.com"
SECRET = "hush"
CUSTOMER = 207119551
ORDER = 820982911946154508
IPODS, CABLE = 866550311766439020, 141249953214522974
TOTAL = 38825 + 975
"""What was paid for the goods, of 435.88 with shipping and taxes: 388.25 for the iPods and 9.75 for the cable."""


def order(**changes):
    """An order of two iPods and a cable, with a discount, shipping and taxes."""
    return json.loads((FOLDER / "order.json").read_text()) | changes


def line(index=0, **changes):
    """A line of the order."""
    return order()["line_items"][index] | changes


def refund(**changes):
    """One of the iPods was paid back."""
    return json.loads((FOLDER / "refund.json").read_text()) | changes


def of_money(amount, **changes):
    """Money was paid back, and no item came."""
    paid_back = {"kind": "refund", "status": "success", "amount": amount, "currency": "USD", "test": False}
    return refund(refund_line_items=[], transactions=[paid_back], **changes)


def signed(body, secret=SECRET):
    """The signature of a body."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


class Sender:
    """Shopify, as far as it delivers one shop's webhooks; each delivery is an event of its own unless it is named."""

    events = count()

    def __init__(self, domain=DOMAIN, secret=SECRET):
        self.domain, self.secret = domain, secret
        self.client = Client(raise_request_exception=False, enforce_csrf_checks=True)

    def tell(self, topic, payload, *, event=None, path="/webhooks/shopify", **headers):
        """Deliver a webhook; the answer's status. Bytes go as they are."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        event = event or f"event-{next(self.events)}"
        sent = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": self.domain,
            "X-Shopify-Hmac-Sha256": signed(body, self.secret),
            "X-Shopify-Event-Id": event,
            "X-Shopify-Webhook-Id": f"webhook-of-{event}",
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Triggered-At": "2026-11-20T12:00:00.123456789Z",
            **headers,
        }
        answer = self.client.generic("POST", path, body, "application/json", headers=sent)
        return answer.status_code
