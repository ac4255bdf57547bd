from django.db import models

from config.lib.constraints import SameMerchant
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class ReferralCode(models.Model):
    """What a customer shares; whoever brings it was referred by that customer.

    Codes are kept in capitals, are unique across merchants and are never used again, so that a link says
    by itself where it leads. A customer has at most one that is not retired.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="codes", db_constraint=False)
    code = models.CharField(max_length=32, unique=True)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="referral_code_same_merchant"),
            models.UniqueConstraint(fields=["id", "merchant"], name="referral_code_id_merchant"),
            models.UniqueConstraint(
                fields=["customer"],
                condition=models.Q(retired_at__isnull=True),
                name="referral_code_one_live",
            ),
            models.CheckConstraint(condition=models.Q(code__regex=r"^[0-9A-Z]{4,32}$"), name="referral_code_form"),
        ]

    def __str__(self) -> str:
        return self.code
