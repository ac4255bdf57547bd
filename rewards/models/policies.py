from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.immutable import immutable
from referrals.models.merchants import Merchant
from rewards.models.experiments import Experiment


class Policy(models.Model):
    """A rule of a merchant's programme, known by its code; what it says is in its versions."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    experiment = models.ForeignKey(
        Experiment,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="policies",
        db_constraint=False,
        help_text="What says who gets it; empty: everybody.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            SameMerchant(field="experiment", name="policy_experiment_same_merchant"),
            models.UniqueConstraint(fields=["merchant", "code"], name="policy_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="policy_id_merchant"),
        ]
        verbose_name_plural = "policies"

    def __str__(self) -> str:
        return self.name


class VersionStatus(models.TextChoices):
    """The life of a policy version."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class PolicyVersions(models.QuerySet["PolicyVersion"]):
    """Versions of policies, chosen by when they speak."""

    def in_force(self, at: datetime) -> "PolicyVersions":
        """Those that decide at this moment; of each policy there is at most one."""
        return self.filter(Q(retired_at=None) | Q(retired_at__gt=at), effective_at__lte=at)


class PolicyVersion(models.Model):
    """What a policy says, word for word, from its publication to its retirement, with examples of what it gives.

    Once published it never changes (the database refuses), so that every award can be explained by the
    version that made it. It is in force from `effective_at` until `retired_at`, which may both be to come: what is
    in force is read by the clock, so nothing has to happen at that moment. No two versions of a policy are ever in
    force together, and at most one of them is a draft.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions", db_constraint=False)
    number = models.PositiveIntegerField()
    definition = models.JSONField()
    examples = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=10, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True, help_text="When it was decided that it comes.")
    effective_at = models.DateTimeField(null=True, blank=True, help_text="From when it is in force.")
    retired_at = models.DateTimeField(null=True, blank=True, help_text="From when it is no longer.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = PolicyVersions.as_manager()

    class Meta:
        constraints = [
            SameMerchant(field="policy", name="policy_version_same_merchant"),
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_number_once"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(status=VersionStatus.DRAFT), name="policy_one_draft"
            ),
            # A range of one number stands for the policy, because equality needs an extension in such an index.
            ExclusionConstraint(
                name="policy_one_version_in_force",
                expressions=[
                    (Func(F("policy"), F("policy"), Value("[]"), function="int8range"), RangeOperators.OVERLAPS),
                    (Func(F("effective_at"), F("retired_at"), function="tstzrange"), RangeOperators.OVERLAPS),
                ],
                condition=~Q(status=VersionStatus.DRAFT),
            ),
            models.CheckConstraint(
                condition=Q(
                    status=VersionStatus.DRAFT,
                    published_at__isnull=True,
                    effective_at__isnull=True,
                    retired_at__isnull=True,
                )
                | Q(
                    status=VersionStatus.PUBLISHED,
                    published_at__isnull=False,
                    effective_at__isnull=False,
                    retired_at__isnull=True,
                )
                | Q(
                    status=VersionStatus.RETIRED,
                    published_at__isnull=False,
                    effective_at__isnull=False,
                    retired_at__isnull=False,
                ),
                name="policy_version_dates_follow_status",
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("effective_at")),
                name="policy_version_ends_after_it_begins",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="published_version_never_changes",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__published_at__isnull=False)
                & (
                    pgtrigger.Q(old__definition__df=pgtrigger.F("new__definition"))
                    | pgtrigger.Q(old__examples__df=pgtrigger.F("new__examples"))
                    | pgtrigger.Q(old__number__df=pgtrigger.F("new__number"))
                    | pgtrigger.Q(old__published_at__df=pgtrigger.F("new__published_at"))
                    | pgtrigger.Q(old__effective_at__df=pgtrigger.F("new__effective_at"))
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

    def standing(self, at: datetime) -> str:
        """Where the version stands at a moment: draft, scheduled, in_force, or retired."""
        if self.effective_at is None:
            return "draft"
        if self.retired_at is not None and self.retired_at <= max(at, self.effective_at):
            return "retired"
        return "scheduled" if self.effective_at > at else "in_force"


class ChangeAction(models.TextChoices):
    """What somebody did to a policy."""

    DRAFTED = "drafted", _("Drafted")
    EDITED = "edited", _("Edited")
    DISCARDED = "discarded", _("Draft discarded")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")
    DELETED = "deleted", _("Deleted")


class PolicyChange(models.Model):
    """Somebody changed a policy: who, what, when, and the words before and after. Never changed itself.

    The policy is known by its code, so that the record outlives a policy that was deleted before it was ever used.
    `actor` is a word such as `user:7`, `key:gv_12ab`, or `programme` for the programme file.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+")
    policy_code = models.SlugField(max_length=60)
    number = models.PositiveIntegerField(help_text="Of the version.")
    action = models.CharField(max_length=10, choices=ChangeAction.choices)
    actor = models.CharField(max_length=40)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(actor__regex=r"^[a-z]+(:[a-zA-Z0-9_]+)?$"), name="policy_change_actor_is_a_word"
            ),
        ]
        triggers = [*immutable("policy_change")]

    def __str__(self) -> str:
        return f"{self.policy_code} {self.action}"
