"""Which shop is speaking, and what it said of its products."""

import base64
import hashlib
import hmac
from collections.abc import Collection

from referrals.models.shops import ShopifyShop, ShopProduct

_NOBODY = ("",)


def shop_that_signed(*, domain: str, signature: str, body: bytes) -> ShopifyShop | None:
    """The shop that a message names as its sender, if it is signed with a secret of that shop.

    A shop that is not known takes the same way and about the same time as a wrong signature.

    :param signature: base64 of the HMAC-SHA256 of the body as it came, as Shopify makes it.
    """
    shop = ShopifyShop.objects.select_related("merchant").filter(domain=domain.lower()).first()
    secrets = (shop.secret, shop.previous_secret) if shop else _NOBODY
    sent = signature.encode()
    # Each is compared, whichever fits; an empty secret is none, and anybody can sign with it.
    fits = [hmac.compare_digest(_sign(secret, body), sent) and secret != "" for secret in secrets]
    return shop if any(fits) else None


def categories_of(*, shop: ShopifyShop, product_ids: Collection[str]) -> dict[str, str]:
    """The categories of products, as far as the shop has told of them."""
    known = ShopProduct.objects.filter(shop=shop, product_id__in=list(product_ids))
    return dict(known.values_list("product_id", "category"))


def _sign(secret: str, body: bytes) -> bytes:
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256))
