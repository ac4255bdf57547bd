from django.conf import settings
from django.db import models

from config.lib.constraints import SameMerchant
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer
from referrals.models.links import ShareLink
from referrals.models.merchants import Merchant
from referrals.models.referrals import AttributionMethod


class SignUp(models.Model):
    """Somebody asked to join a merchant and has not yet shown that the e-mail is theirs.

    Until then nothing else is known of them: when the e-mail is verified, on whatever device, they become a customer,
    with the code that is kept here, and this row goes. It also goes with the login, if nobody ever verifies it.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="sign_ups")
    shows_first_name = models.BooleanField(default=False)
    code = models.CharField(max_length=32, blank=True, help_text="As it is read; empty for none.")
    link = models.ForeignKey(
        ShareLink, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_constraint=False
    )
    method = models.CharField(max_length=10, choices=AttributionMethod.choices, blank=True)
    touched_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="link", name="sign_up_link_same_merchant"),
            models.UniqueConstraint(fields=["user", "merchant"], name="sign_up_once"),
        ]
        indexes = [models.Index(fields=["created_at"], name="sign_up_by_age")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d}"


class StoredTouch(models.Model):
    """What a customer's profile remembers: the link that they followed, signed in, before anybody had brought them.

    If their first purchase names no code, they are brought by this one.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    code = models.ForeignKey(ReferralCode, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    link = models.ForeignKey(
        ShareLink, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_constraint=False
    )
    touched_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="stored_touch_customer_same_merchant"),
            SameMerchant(field="code", name="stored_touch_code_same_merchant"),
            SameMerchant(field="link", name="stored_touch_link_same_merchant"),
        ]
        indexes = [models.Index(fields=["touched_at"], name="stored_touch_by_age")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.code_id}"
