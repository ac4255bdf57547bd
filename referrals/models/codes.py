from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Upper

from config.lib.constraints import SameMerchant
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant


class ReferralCode(models.Model):
    """What a customer shares; whoever brings it was referred by that customer.

    Codes are kept as they are read (capitals, without the letters that are taken for digits), are unique across
    merchants and are never used again, so that a link says by itself where it leads; `shown_as` is how one was
    chosen. A customer has at most one live main code, which is for everybody; others may have terms: a window
    `[starts_at, ends_at)`, a number of friends, one friend.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="codes", db_constraint=False)
    code = models.CharField(max_length=32, unique=True)
    shown_as = models.CharField(max_length=32, blank=True, help_text="As it was chosen; empty if it was generated.")
    is_main = models.BooleanField(default=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    uses_max = models.IntegerField(
        null=True, blank=True, help_text="How many friends may join by it; empty: any number."
    )
    uses = models.IntegerField(default=0, help_text="How many joined by it; counted only where there is a limit.")
    friend = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_constraint=False,
        help_text="The only customer who may join by it.",
    )
    friend_email_hash = models.BinaryField(max_length=32, null=True, editable=False)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            SameMerchant(field="customer", name="referral_code_same_merchant"),
            SameMerchant(field="friend", name="referral_code_friend_same_merchant"),
            models.UniqueConstraint(fields=["id", "merchant"], name="referral_code_id_merchant"),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(retired_at__isnull=True, is_main=True),
                name="referral_code_one_live",
            ),
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9A-HJKMNP-Z]{4,32}$"), name="referral_code_form"),
            models.CheckConstraint(
                condition=Q(shown_as="")
                | Q(code=Func(Upper("shown_as"), Value("OIL"), Value("011"), function="translate")),
                name="referral_code_is_read_as_shown",
            ),
            models.CheckConstraint(
                condition=Q(is_main=False)
                | Q(
                    starts_at__isnull=True,
                    ends_at__isnull=True,
                    uses_max__isnull=True,
                    friend__isnull=True,
                    friend_email_hash__isnull=True,
                ),
                name="referral_code_main_is_for_all",
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="referral_code_ends_after_its_start"),
            models.CheckConstraint(
                condition=Q(uses_max__isnull=True, uses=0)
                | Q(uses_max__isnull=False, uses_max__gt=0, uses__gte=0, uses__lte=F("uses_max")),
                name="referral_code_uses_within_limit",
            ),
            models.CheckConstraint(
                condition=Q(friend__isnull=True) | Q(friend_email_hash__isnull=True),
                name="referral_code_one_friend",
            ),
            models.CheckConstraint(
                condition=Q(friend__isnull=True) | ~Q(friend=F("customer")), name="referral_code_friend_is_another"
            ),
        ]

    def __str__(self) -> str:
        return self.shown_as or self.code
