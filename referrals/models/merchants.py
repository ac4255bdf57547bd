from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from config.lib.colours import COLOUR_PATTERN
from config.lib.ids import uuid7


class DecisiveTouch(models.TextChoices):
    """Which link counts of several that a friend followed."""

    FIRST = "first", _("The first")
    LAST = "last", _("The last")


class Merchant(models.Model):
    """A company that runs its programme here; every other row belongs to exactly one.

    It has one currency and one time zone: amounts are minor units of that currency, and days, weeks and
    months begin and end in that zone.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    domain = models.CharField(max_length=253, unique=True, null=True, blank=True, help_text="Host of its pages.")
    currency = models.CharField(max_length=3, help_text="ISO 4217.")
    time_zone = models.CharField(max_length=64, default="UTC", help_text="IANA name.")
    minimum_qualifying_purchase = models.BigIntegerField(
        default=0, help_text="Minor units a friend's first purchase must reach for the referral to qualify."
    )
    days_to_qualify = models.PositiveIntegerField(
        null=True, blank=True, help_text="Days from joining within which a friend's first purchase counts; empty: any."
    )
    referral_hold_days = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Days for which points for a friend's first purchase wait."
    )
    friends_verify_email = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Whether a friend who registers joins only once their e-mail is verified, or by buying.",
    )
    allows_households = models.BooleanField(
        default=True,
        db_default=True,
        help_text="Whether people who share an address or a device may refer each other.",
    )
    offer_to_friends = models.CharField(
        max_length=200, blank=True, help_text="What invitations promise, such as: 100 points with your first order."
    )
    clicks_kept_days = models.PositiveSmallIntegerField(
        default=90, help_text="Days after which clicks are forgotten; their numbers stay."
    )
    invitations_day_max = models.PositiveSmallIntegerField(
        default=20, help_text="How many friends a customer may have us invite by e-mail in a day."
    )
    decisive_touch = models.CharField(
        max_length=5,
        choices=DecisiveTouch.choices,
        default=DecisiveTouch.LAST,
        help_text="Which link counts of several that a friend followed.",
    )
    accent = models.CharField(
        max_length=7,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(rf"^{COLOUR_PATTERN}\Z", message="Six hexadecimal digits, such as #2e7d32.")],
        help_text="Colour of its buttons and links, such as #2e7d32; pages darken or lighten it until it can be read.",
    )
    logo_url = models.URLField(
        max_length=500, blank=True, default="", db_default="", help_text="Begins with https://; shown beside its name."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(accent="") | models.Q(accent__regex=rf"^{COLOUR_PATTERN}$"),
                name="merchant_accent_is_a_colour",
            ),
            models.CheckConstraint(
                condition=models.Q(logo_url="") | models.Q(logo_url__regex=r"^https://[^[:space:]]+$"),
                name="merchant_logo_is_https",
                violation_error_message="The logo must begin with https://.",
            ),
            models.CheckConstraint(
                condition=models.Q(clicks_kept_days__range=(2, 3650)), name="merchant_clicks_are_kept_for_a_while"
            ),
            models.CheckConstraint(
                condition=models.Q(invitations_day_max__lte=1000), name="merchant_invitations_have_a_limit"
            ),
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="merchant_currency_is_iso"),
            models.CheckConstraint(
                condition=models.Q(minimum_qualifying_purchase__gte=0),
                name="merchant_qualifying_minimum_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(decisive_touch__in=DecisiveTouch.values), name="merchant_decisive_touch_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
