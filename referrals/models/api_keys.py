from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from referrals.models.merchants import Merchant


class Scope(models.TextChoices):
    """What an API key may do."""

    PURCHASES = "purchases", _("Record and read purchases and refunds")
    CUSTOMERS = "customers", _("Register customers")
    REFERRALS = "referrals", _("Issue referral codes")
    CREDITS = "credits", _("Read credits")
    ACTIVITIES = "activities", _("Record and read activities")
    TIERS = "tiers", _("Put customers into a tier")
    POINTS = "points", _("Award, redeem, hold and give points; open and close accounts")
    ADJUSTMENTS = "adjustments", _("Adjust points")
    EXPORTS = "exports", _("Export statements")
    POLICIES = "policies", _("Read, write and publish policies; try them out")
    WEBHOOKS = "webhooks", _("Manage webhook endpoints")
    NOTIFICATIONS = "notifications", _("Read customers' notifications and preferences")


class ApiKey(models.Model):
    """Another system's access to one merchant.

    The secret is shown once, when the key is made; what is kept is its hash. It needs no salt and no slow
    hash: it is 192 random bits, not a password.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True, help_text="The part of the key that may be seen.")
    secret_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices))
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(scopes__len__gt=0), name="api_key_has_scopes"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
