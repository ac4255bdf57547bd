import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from config.lib.constraints import SameMerchant
from referrals.models.merchants import Merchant


class Policy(models.Model):
    """A rule of a merchant's programme, known by its code; what it says is in its versions."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="policy_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="policy_id_merchant"),
        ]
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.name


class VersionStatus(models.TextChoices):
    """The life of a policy version."""

    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


class PolicyVersion(models.Model):
    """What a policy says, word for word, from its publication to its retirement.

    Once published it never changes (the database refuses), so that every award can be explained by the
    version that made it. At most one version of a policy is in force.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions", db_constraint=False)
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    status = models.CharField(max_length=10, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            SameMerchant(field="policy", name="policy_version_same_merchant"),
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_number_once"),
            models.UniqueConstraint(
                fields=["policy"],
                condition=Q(status=VersionStatus.PUBLISHED),
                name="policy_one_version_in_force",
            ),
            models.CheckConstraint(
                condition=Q(status=VersionStatus.DRAFT) | Q(published_at__isnull=False),
                name="policy_version_published_has_a_date",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_version_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False)
                & (
                    pgtrigger.Q(old__definition__df=pgtrigger.F("new__definition"))
                    | pgtrigger.Q(old__number__df=pgtrigger.F("new__number"))
                    | pgtrigger.Q(old__published_at__df=pgtrigger.F("new__published_at"))
                ),
            ),
            pgtrigger.Protect(
                name="published_version_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} v{self.number}"
