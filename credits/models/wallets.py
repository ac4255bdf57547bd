from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from referrals.models.merchants import Merchant


class ReturnPolicy(models.TextChoices):
    """What a refund does about points that were already spent."""

    OWED = "owed", _("Becomes a debt that the next earnings repay first")
    FORGIVE = "forgive", _("Is forgiven")
    PENDING_ONLY = "pending_only", _("Only pending points are taken back")


class ExpiryRule(models.TextChoices):
    """When points lapse, counted from the day they were earned, in the merchant's zone."""

    AFTER_MONTHS = "after_months", _("At the end of the day, so many months later")
    END_OF_MONTH = "end_of_month", _("At the end of the month in which these months are over")
    END_OF_QUARTER = "end_of_quarter", _("At the end of the quarter in which these months are over")
    END_OF_YEAR = "end_of_year", _("At the end of the year in which these months are over")
    FIXED_DAY = "fixed_day", _("At the end of a fixed day, the first one after these months")
    INACTIVITY = "inactivity", _("All together, so many months after the customer last earned or spent")


class TierWindow(models.TextChoices):
    """From which time a customer's purchases and points count towards a tier."""

    LIFETIME = "lifetime", _("For ever")
    ROLLING_YEAR = "rolling_year", _("The last twelve months")
    CALENDAR_YEAR = "calendar_year", _("The calendar year")


class TierDowngrade(models.TextChoices):
    """How far a customer falls who does not keep their tier."""

    NEVER = "never", _("Not at all")
    ONE_DOWN = "one_down", _("By one tier")
    TO_REACHED = "to_reached", _("To the tier that they still reach")


class Wallet(models.Model):
    """A kind of points of one merchant, and the terms on which they are kept.

    A merchant has one default wallet; more are possible.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=30, default="points")
    unit_name = models.CharField(max_length=30, default="points")
    is_default = models.BooleanField(default=True)
    expiry_months = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Calendar months from earning to expiry; empty: points never expire."
    )
    expiry_rule = models.CharField(max_length=15, choices=ExpiryRule.choices, default=ExpiryRule.AFTER_MONTHS)
    expiry_day = models.CharField(
        max_length=5, blank=True, help_text="Month and day such as 12-31, for expiry on a fixed day."
    )
    pending_days = models.PositiveSmallIntegerField(
        default=0, help_text="Days from earning until points can be spent; a policy may say otherwise."
    )
    return_policy = models.CharField(max_length=12, choices=ReturnPolicy.choices, default=ReturnPolicy.OWED)
    restore_grace_days = models.PositiveSmallIntegerField(
        default=30, help_text="How long points live on that lapsed before what they had paid for was undone."
    )
    point_value = models.DecimalField(
        max_digits=12, decimal_places=4, default=Decimal(1), help_text="What a point is worth, in minor units."
    )
    adjustment_max = models.BigIntegerField(
        default=1000, help_text="Points that one person may give or take alone; more needs a second person."
    )
    transfer_day_max = models.BigIntegerField(
        null=True, blank=True, help_text="Points that a customer may give away in a day; empty: no gifts."
    )
    tier_window = models.CharField(max_length=15, choices=TierWindow.choices, default=TierWindow.LIFETIME)
    tier_downgrade = models.CharField(max_length=15, choices=TierDowngrade.choices, default=TierDowngrade.TO_REACHED)
    tier_grace_days = models.PositiveSmallIntegerField(
        default=30, help_text="From the warning that a tier is not kept until it is lost."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="wallet_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="wallet_id_merchant"),
            models.UniqueConstraint(fields=["merchant"], condition=Q(is_default=True), name="wallet_one_default"),
            models.CheckConstraint(
                condition=Q(expiry_months__isnull=True) | Q(expiry_months__gt=0),
                name="wallet_expiry_positive",
            ),
            models.CheckConstraint(
                condition=Q(
                    expiry_rule=ExpiryRule.FIXED_DAY, expiry_day__regex=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"
                )
                | (~Q(expiry_rule=ExpiryRule.FIXED_DAY) & Q(expiry_day="")),
                name="wallet_expiry_day_of_a_fixed_day",
            ),
            models.CheckConstraint(
                condition=Q(point_value__gte=0, adjustment_max__gte=0)
                & (Q(transfer_day_max__isnull=True) | Q(transfer_day_max__gt=0)),
                name="wallet_limits_not_negative",
            ),
        ]
        permissions = [("report_liability", "Can read and export what is owed to customers")]

    def __str__(self) -> str:
        return f"{self.merchant_id}:{self.code}"
