from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from config.lib.immutable import immutable
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class ConsentPurpose(models.TextChoices):
    """What somebody agrees to, or takes back."""

    INVITE_FRIENDS = "invite_friends", _("Friends are written to")
    LEADERBOARD = "leaderboard", _("An alias is shown among the best referrers")


class Consent(models.Model):
    """A customer agreed to something, or took it back: to which words, and when. Never changed.

    The words stand here as they were read, in that language; `text_version` is their digest. The e-mail is kept as a
    keyed hash of its own kind: so the consent can be shown to whoever gave it after they were erased, when nothing
    else tells whose it was.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consents", db_constraint=False)
    purpose = models.CharField(max_length=20, choices=ConsentPurpose.choices)
    is_given = models.BooleanField(help_text="False: it was taken back.")
    text = models.CharField(max_length=1000)
    text_version = models.CharField(max_length=16)
    person_hash = models.BinaryField(max_length=32, null=True, editable=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [SameMerchant(field="customer", name="consent_same_merchant")]
        triggers = [*immutable("consent")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.uuid}"
