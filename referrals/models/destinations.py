from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from config.lib.ids import uuid7
from referrals.models.merchants import Merchant


class DestinationKind(models.TextChoices):
    """What a shared link leads to."""

    SITE = "site", _("The merchant's site")
    MEAL_PLAN = "meal_plan", _("A public meal plan")
    EXPERT = "expert", _("An expert")
    PRODUCT = "product", _("A product")


class Destination(models.Model):
    """A place to which friends are invited. Links name it by its slug, so nothing in a request is ever a target."""

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    slug = models.SlugField(max_length=50, help_text="As it stands in links.")
    kind = models.CharField(max_length=10, choices=DestinationKind.choices)
    title = models.CharField(max_length=100)
    description = models.CharField(max_length=300, blank=True)
    picture_url = models.URLField(max_length=500, blank=True, help_text="Begins with https://; shown in previews.")
    url = models.URLField(max_length=500, help_text="Begins with https://; where a friend goes on to.")
    is_open = models.BooleanField(default=True, help_text="Whether links still lead there.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "slug"], name="destination_slug_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="destination_id_merchant"),
            models.CheckConstraint(
                condition=Q(url__regex=r"^https://[^/?#[:space:]@]+([/?#][^[:space:]]*)?$"),
                name="destination_url_is_https",
                violation_error_message="The URL must begin with https:// and name no user.",
            ),
            models.CheckConstraint(
                condition=Q(picture_url="") | Q(picture_url__regex=r"^https://[^[:space:]]+$"),
                name="destination_picture_is_https",
                violation_error_message="The picture must begin with https://.",
            ),
        ]

    def __str__(self) -> str:
        return self.slug
