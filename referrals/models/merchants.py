from django.db import models

from config.lib.ids import uuid7


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
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="merchant_currency_is_iso"),
            models.CheckConstraint(
                condition=models.Q(minimum_qualifying_purchase__gte=0),
                name="merchant_qualifying_minimum_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name
