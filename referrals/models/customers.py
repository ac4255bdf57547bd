from datetime import date

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import ExtractDay, ExtractMonth

from config.lib.constraints import SameMerchant
from config.lib.encryption import EncryptedTextField
from config.lib.ids import uuid7
from referrals.models.merchants import Merchant

_NAMELESS = {
    "name": "",
    "email": "",
    "phone": "",
    "external_id__isnull": True,
    "user__isnull": True,
    "email_hash__isnull": True,
    "mailbox_hash__isnull": True,
    "email_verified_at__isnull": True,
    "phone_hash__isnull": True,
    "birthday__isnull": True,
}


class Customer(models.Model):
    """A person known to a merchant, with or without a login.

    This row is the only place of their personal data: purchases, entries, events and decisions carry ids.
    E-mail and phone are encrypted, and found by a keyed hash. `external_id` is the merchant's own id. Of somebody
    who was erased only the row is left, without anything that names them.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="customers", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    external_id = models.CharField(max_length=100, null=True, blank=True)
    name = models.CharField(max_length=100, blank=True)
    shows_first_name = models.BooleanField(
        default=False, help_text="Whether friends are told the first word of the name: who invites them, or who joined."
    )
    email = EncryptedTextField(default="", blank=True)
    email_hash = models.BinaryField(max_length=32, null=True, editable=False)
    mailbox_hash = models.BinaryField(
        max_length=32, null=True, editable=False, help_text="Of the mailbox to which the e-mail leads, however spelled."
    )
    email_verified_at = models.DateTimeField(null=True, blank=True)
    phone = EncryptedTextField(default="", blank=True)
    phone_hash = models.BinaryField(max_length=32, null=True, editable=False)
    birthday = models.DateField(null=True, blank=True)
    birthday_changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When another birthday took the place of the first."
    )
    root_id = models.BigIntegerField(
        null=True, editable=False, help_text="Where the chain of referrals to this customer begins; empty: here."
    )
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="merged",
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        db_constraint=False,
        help_text="The customer who turned out to be the same person, and goes on for both.",
    )
    merged_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        permissions = [("merge_customer", "Can merge customers who are one person")]
        constraints = [
            models.UniqueConstraint(fields=["external_id", "merchant"], name="customer_external_id_once"),
            models.UniqueConstraint(fields=["user", "merchant"], name="customer_user_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="customer_id_merchant"),
            models.CheckConstraint(condition=~models.Q(external_id=""), name="customer_external_id_not_blank"),
            models.CheckConstraint(
                condition=models.Q(birthday__range=(date(1900, 1, 1), date(2099, 12, 31))),
                name="customer_birthday_in_range",
            ),
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True) | models.Q(**_NAMELESS, birthday_changed_at__isnull=True),
                name="customer_erased_has_no_name",
            ),
            SameMerchant(field="merged_into", name="customer_merged_same_merchant"),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True, merged_at__isnull=True)
                | models.Q(
                    ~models.Q(merged_into=models.F("id")),
                    merged_into__isnull=False,
                    merged_at__isnull=False,
                    **_NAMELESS,
                ),
                name="customer_merged_has_no_name",
            ),
        ]
        indexes = [
            # Rows come in the order of time: a few bytes a block find those of a month.
            BrinIndex(fields=["created_at"], name="customer_by_time", autosummarize=True),
            models.Index(
                fields=["merchant", "email_hash"],
                name="customer_by_email",
                condition=models.Q(email_hash__isnull=False),
            ),
            models.Index(
                fields=["merged_into"], name="customer_by_survivor", condition=models.Q(merged_into__isnull=False)
            ),
            models.Index(
                fields=["merchant", "mailbox_hash"],
                name="customer_by_mailbox",
                condition=models.Q(mailbox_hash__isnull=False),
            ),
            models.Index(
                fields=["merchant", "phone_hash"],
                name="customer_by_phone",
                condition=models.Q(phone_hash__isnull=False),
            ),
            models.Index(
                "merchant",
                ExtractMonth("birthday"),
                ExtractDay("birthday"),
                name="customer_by_birthday",
                condition=models.Q(birthday__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def public_id(self) -> str:
        """What other systems call this customer: the merchant's id, or else ours."""
        return self.external_id or str(self.uuid)


class CustomerAlias(models.Model):
    """An id under which the merchant knew a customer who was merged into another: it leads to that one."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    external_id = models.CharField(max_length=100)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="aliases", db_constraint=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "customer aliases"
        constraints = [
            SameMerchant(field="customer", name="customer_alias_same_merchant"),
            models.UniqueConstraint(fields=["external_id", "merchant"], name="customer_alias_once"),
            models.CheckConstraint(condition=~models.Q(external_id=""), name="customer_alias_not_blank"),
        ]

    def __str__(self) -> str:
        return self.external_id
