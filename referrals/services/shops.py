"""Shops at Shopify: connecting one, changing its secret, and letting go of it."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from config.lib.errors import DomainError
from referrals.models.merchants import Merchant
from referrals.models.shops import ShopifyShop, ShopProduct

TOLD_TO_THE = timedelta(hours=1)


class ShopTaken(DomainError):
    """This shop is connected to another merchant."""

    code = "shop_taken"


def connect_shop(*, merchant: Merchant, domain: str, secret: str, now: datetime) -> ShopifyShop:
    """Believe what a shop tells when it is signed with this secret, and for the time being with the one before.

    :param domain: the one under `myshopify.com`.
    :raises ShopTaken: if it is another merchant's.
    """
    with transaction.atomic():
        made, _ = ShopifyShop.objects.get_or_create(
            domain=domain.lower(), defaults={"merchant": merchant, "connected_at": now}
        )
        shop = ShopifyShop.objects.select_for_update().get(pk=made.pk)
        if shop.merchant_id != merchant.pk:
            raise ShopTaken
        if secret != shop.secret:
            shop.secret, shop.previous_secret = secret, shop.secret
        shop.redaction_asked_at = None
        shop.save()
    return shop


def forget_previous_secret(*, shop: ShopifyShop) -> None:
    """Believe the present secret alone, once Shopify has revoked the one before."""
    ShopifyShop.objects.filter(pk=shop.pk).update(previous_secret="")


def disconnect_shop(*, shop: ShopifyShop) -> None:
    """Believe the shop nothing any more, and throw its secrets away; what it told stays."""
    ShopifyShop.objects.filter(pk=shop.pk).update(secret="", previous_secret="")


def ask_redaction(*, shop: ShopifyShop, now: datetime) -> None:
    """Shopify asks to forget whom we know by this shop alone: a sweep does it, and then lets go of the shop."""
    ShopifyShop.objects.filter(pk=shop.pk, redaction_asked_at=None).update(redaction_asked_at=now)


def end_redaction(*, shop: ShopifyShop) -> None:
    """Everybody is forgotten: let go of the shop as well."""
    with transaction.atomic():
        disconnect_shop(shop=shop)
        ShopProduct.objects.filter(shop=shop).delete()
        ShopifyShop.objects.filter(pk=shop.pk).update(redaction_asked_at=None)


def note_told(*, shop: ShopifyShop, now: datetime) -> None:
    """Note that a shop has told something; once an hour, so that its row is not where its orders wait."""
    long_ago = Q(last_told_at=None) | Q(last_told_at__lt=now - TOLD_TO_THE)
    if shop.last_told_at is None or shop.last_told_at < now - TOLD_TO_THE:
        ShopifyShop.objects.filter(long_ago, pk=shop.pk).update(last_told_at=now)


def learn_category(*, shop: ShopifyShop, product_id: str, category: str) -> None:
    """Note the category of a product; the orders that follow are told with it."""
    ShopProduct.objects.update_or_create(
        shop=shop, product_id=product_id, defaults={"merchant_id": shop.merchant_id, "category": category}
    )


def forget_product(*, shop: ShopifyShop, product_id: str) -> None:
    """A product is sold no more."""
    ShopProduct.objects.filter(shop=shop, product_id=product_id).delete()
