from django.db import models

from config.lib.constraints import SameMerchant
from config.lib.encryption import EncryptedTextField
from referrals.models.merchants import Merchant


class ShopifyShop(models.Model):
    """A merchant's shop at Shopify, which tells us of its orders by signed webhooks.

    The secret is Shopify's, and staff write it down here. While it is rotated the one before counts as well, for as
    long as staff leave it: Shopify signs with the oldest secret that was not revoked. Without a secret nothing is
    believed.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    domain = models.CharField(max_length=100, unique=True, help_text="Such as acme.myshopify.com.")
    secret = EncryptedTextField(default="", editable=False)
    previous_secret = EncryptedTextField(default="", editable=False)
    connected_at = models.DateTimeField(editable=False)
    last_told_at = models.DateTimeField(null=True, editable=False, help_text="To the hour.")
    redaction_asked_at = models.DateTimeField(
        null=True, editable=False, help_text="When Shopify asked to forget everybody who is known by this shop alone."
    )

    class Meta:
        verbose_name = "Shopify shop"
        constraints = [
            models.UniqueConstraint(fields=["id", "merchant"], name="shopify_shop_id_merchant"),
            models.CheckConstraint(
                condition=models.Q(domain__regex=r"^[a-z0-9][a-z0-9-]*\.myshopify\.com$"),
                name="shopify_shop_domain_form",
            ),
        ]

    def __str__(self) -> str:
        return self.domain

    @property
    def source(self) -> str:
        """What the door is called by which its messages come in."""
        return f"shopify:{self.pk}"


class ShopProduct(models.Model):
    """What a shop says of a product, as far as orders do not: the category that policies ask for."""

    shop = models.ForeignKey(
        ShopifyShop, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    product_id = models.CharField(max_length=20)
    category = models.CharField(max_length=50)

    class Meta:
        constraints = [
            SameMerchant(field="shop", name="shop_product_same_merchant"),
            models.UniqueConstraint(fields=["shop", "product_id"], name="shop_product_once"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.category}"
