"""Rows of the doors through which other systems tell us things."""

import factory

from referrals.models import RefusedMessage, ShopifyShop, ShopProduct
from tests.factories.referrals import NOON, MerchantFactory


class ShopifyShopFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ShopifyShop

    merchant = factory.SubFactory(MerchantFactory)
    domain = factory.Sequence(lambda n: f"shop-{n}.myshopify.com")
    secret = "hush"
    connected_at = NOON


class ShopProductFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ShopProduct

    shop = factory.SubFactory(ShopifyShopFactory)
    merchant = factory.SelfAttribute("shop.merchant")
    product_id = factory.Sequence(lambda n: str(632910392 + n))
    category = "electronics"


class RefusedMessageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = RefusedMessage

    merchant = factory.SubFactory(MerchantFactory)
    source = "bus"
    content_hash = factory.Sequence(lambda n: n.to_bytes(32, "big"))
    about = "purchase event-1"
    reason = "other_currency"
    first_at = last_at = NOON
