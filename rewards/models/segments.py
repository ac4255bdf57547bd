from django.db import models

from config.lib.constraints import SameMerchant
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class Segment(models.Model):
    """A named group of a merchant's customers: whoever meets its condition, or, without one, whoever is on its list.

    Who meets the condition is worked out by a sweep and written down, so that both kinds are read alike.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)
    condition = models.CharField(
        max_length=2000, blank=True, help_text="In the language of policies. Empty: its customers are listed."
    )
    is_active = models.BooleanField(default=True)
    recomputed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="segment_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="segment_id_merchant"),
        ]

    def __str__(self) -> str:
        return self.name


class SegmentMember(models.Model):
    """A customer is in a segment."""

    pk = models.CompositePrimaryKey("segment_id", "customer_id")
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    segment = models.ForeignKey(
        Segment, on_delete=models.PROTECT, related_name="members", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="segment", name="segment_member_segment_same_merchant"),
            SameMerchant(field="customer", name="segment_member_customer_same_merchant"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} in {self.segment_id}"
