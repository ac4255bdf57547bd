from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from config.lib.immutable import immutable
from referrals.models.codes import ReferralCode
from referrals.models.customers import Customer
from referrals.models.links import ShareLink
from referrals.models.merchants import Merchant


class ReferralStatus(models.TextChoices):
    """How far a referral has come."""

    PENDING = "pending", _("Pending")
    JOINED = "joined", _("Joined")
    QUALIFIED = "qualified", _("Qualified")
    REWARDED = "rewarded", _("Rewarded")
    REVERSED = "reversed", _("Reversed")
    EXPIRED = "expired", _("Expired")
    REJECTED = "rejected", _("Rejected")


QUALIFIED_ONCE = (ReferralStatus.QUALIFIED, ReferralStatus.REWARDED, ReferralStatus.REVERSED)
JOINED_ONCE = (ReferralStatus.JOINED, *QUALIFIED_ONCE)
OPEN = (ReferralStatus.PENDING, ReferralStatus.JOINED)
"""Those whose friend has not bought enough yet, and that expire if they never do."""


class Risk(models.TextChoices):
    """Whether what a referral earns waits for a person to look at it."""

    CLEAR = "clear", _("Nothing stands out")
    HELD = "held", _("Waits for a decision")
    RELEASED = "released", _("Looked at, and released")


class AttributionMethod(models.TextChoices):
    """How a friend was known to have been brought, in the order in which these count."""

    PURCHASE = "purchase", _("Code in the purchase")
    TYPED = "typed", _("Code that was typed")
    LINK = "link", _("Link")
    COOKIE = "cookie", _("Cookie of a link")
    PROFILE = "profile", _("Link that the profile remembers")
    INVITATION = "invitation", _("Invited e-mail")


class Referral(models.Model):
    """Who brought whom: one row a friend and merchant, for life.

    A friend who brought a code is pending until they have shown to be real, where the merchant asks for that. They
    join (sign up, are registered, or make a first purchase that carries a code), qualify by the first purchase that
    is large enough and in time, and the referral is rewarded once something was given for it. It expires if that does
    not come in time, is reversed if the purchase is paid back, and rejected if it was no referral at all.
    Table, columns and indexes carry the names that other systems know (`customer_id` is the friend).
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    referee = models.ForeignKey(
        Customer,
        on_delete=models.PROTECT,
        related_name="+",
        db_column="customer_id",
        db_index=False,
        db_constraint=False,
    )
    referrer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="referrals", db_index=False, db_constraint=False
    )
    referral_link = models.ForeignKey(
        ReferralCode, on_delete=models.PROTECT, related_name="referrals", db_index=False, db_constraint=False
    )
    share_link = models.ForeignKey(
        ShareLink, on_delete=models.PROTECT, related_name="referrals", null=True, blank=True, db_constraint=False
    )
    status = models.CharField(max_length=10, choices=ReferralStatus.choices, default=ReferralStatus.JOINED)
    method = models.CharField(max_length=10, choices=AttributionMethod.choices, blank=True, editable=False)
    touched_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When the code was given, or the link followed."
    )
    risk = models.CharField(max_length=10, choices=Risk.choices, default=Risk.CLEAR, db_default=Risk.CLEAR)
    risk_score = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Of 100; the sum of its signals.")
    claimed_at = models.DateTimeField(help_text="When the friend brought the code.")
    joined_at = models.DateTimeField(null=True, blank=True)
    qualified_at = models.DateTimeField(null=True, blank=True)
    rewarded_at = models.DateTimeField(null=True, blank=True)
    reversed_at = models.DateTimeField(null=True, blank=True)
    event_sequence = models.BigIntegerField(default=0, editable=False)

    class Meta:
        db_table = "referrals"
        constraints = [
            SameMerchant(field="referee", name="referral_referee_same_merchant"),
            SameMerchant(field="referrer", name="referral_referrer_same_merchant"),
            SameMerchant(field="referral_link", name="referral_link_same_merchant"),
            SameMerchant(field="share_link", name="referral_share_link_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "referee"], name="referral_one_referrer_for_life"),
            models.CheckConstraint(
                condition=models.Q(method__in=["", *AttributionMethod.values]), name="referral_method_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(referrer=models.F("referee")), name="referral_not_oneself"),
            models.UniqueConstraint(fields=["id", "merchant"], name="referral_id_merchant"),
            models.CheckConstraint(
                condition=~models.Q(status__in=QUALIFIED_ONCE) | models.Q(qualified_at__isnull=False),
                name="referral_qualified_has_a_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=JOINED_ONCE) | models.Q(joined_at__isnull=False),
                name="referral_joined_has_a_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=ReferralStatus.PENDING) | models.Q(joined_at__isnull=True),
                name="referral_pending_has_not_joined",
            ),
            models.CheckConstraint(
                condition=~models.Q(status=ReferralStatus.REWARDED) | ~models.Q(risk=Risk.HELD),
                name="referral_held_is_not_rewarded",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant"], name="idx_referrals_merchant_id"),
            models.Index(fields=["referral_link"], name="idx_referrals_referral_link_id"),
            models.Index(fields=["referrer", "claimed_at"], name="referral_by_referrer"),
            models.Index(fields=["merchant", "claimed_at"], name="referral_open", condition=models.Q(status__in=OPEN)),
            models.Index(fields=["merchant", "id"], name="referral_to_review", condition=models.Q(risk=Risk.HELD)),
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class ReferralMove(models.Model):
    """One step of a referral: to which status, why, by whom and when. Never changed.

    Its number is that of the event that told of it. `reason` is a code; `actor` is a word such as `engine` or `user:7`.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, related_name="moves", db_index=False, db_constraint=False
    )
    sequence = models.BigIntegerField()
    status = models.CharField(max_length=10, choices=ReferralStatus.choices)
    reason = models.CharField(max_length=40)
    actor = models.CharField(max_length=40)
    moved_at = models.DateTimeField()

    class Meta:
        constraints = [
            SameMerchant(field="referral", name="referral_move_same_merchant"),
            models.UniqueConstraint(fields=["referral", "sequence"], name="referral_move_once"),
            models.CheckConstraint(
                condition=models.Q(reason__regex=r"^[a-z][a-z0-9_]*$"), name="referral_move_reason_is_a_word"
            ),
        ]
        triggers = [*immutable("referral_move")]

    def __str__(self) -> str:
        return f"{self.status}: {self.reason}"
