import secrets

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from config.lib.constraints import SameMerchant
from config.lib.ids import uuid7
from referrals.models.merchants import Merchant


def new_salt() -> str:
    """What places customers at random, anew for each experiment."""
    return secrets.token_hex(16)


class ExperimentState(models.TextChoices):
    """The life of an experiment."""

    DRAFT = "draft", _("Draft")
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped")


class Experiment(models.Model):
    """Policies that are compared: each customer gets that of their variant alone, which follows from their id.

    `definition` says what is compared, and the engine reads it. `plan` is what was computed when it began: the mean and
    the deviation of customers before it, the least effect that matters, and how many customers each variant needs.
    Once it has begun neither changes, nor does the salt. After it was stopped everybody gets the policy of the variant
    `winner`, but for those who are held out. `revision` moves whenever the engine has to read it anew.
    """

    uuid = models.UUIDField(default=uuid7, unique=True, editable=False)
    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=100)
    definition = models.JSONField()
    salt = models.CharField(max_length=32, default=new_salt, editable=False)
    plan = models.JSONField(default=dict, editable=False)
    state = models.CharField(max_length=10, choices=ExperimentState.choices, default=ExperimentState.DRAFT)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    ends_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="Who comes later is not measured.")
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)
    winner = models.CharField(max_length=100, blank=True, editable=False, help_text="What everybody gets since then.")
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "code"], name="experiment_code_once"),
            models.UniqueConstraint(fields=["id", "merchant"], name="experiment_id_merchant"),
            models.CheckConstraint(
                condition=Q(state=ExperimentState.DRAFT, started_at__isnull=True, stopped_at__isnull=True, winner="")
                | Q(state=ExperimentState.RUNNING, started_at__isnull=False, stopped_at__isnull=True, winner="")
                | (
                    Q(state=ExperimentState.STOPPED, started_at__isnull=False, stopped_at__gte=F("started_at"))
                    & ~Q(winner="")
                ),
                name="experiment_dates_follow_state",
            ),
            models.CheckConstraint(
                condition=Q(started_at__isnull=True, ends_at__isnull=True)
                | Q(started_at__isnull=False, ends_at__isnull=False, ends_at__gt=F("started_at")),
                name="experiment_ends_after_it_begins",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="experiment_goes_its_way",
                field="state",
                transitions=[("draft", "running"), ("running", "stopped")],
            ),
            pgtrigger.Protect(
                name="experiment_that_began_stays_as_it_is",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__started_at__isnull=False)
                & (
                    pgtrigger.Q(old__definition__df=pgtrigger.F("new__definition"))
                    | pgtrigger.Q(old__salt__df=pgtrigger.F("new__salt"))
                    | pgtrigger.Q(old__plan__df=pgtrigger.F("new__plan"))
                    | pgtrigger.Q(old__started_at__df=pgtrigger.F("new__started_at"))
                    | pgtrigger.Q(old__ends_at__df=pgtrigger.F("new__ends_at"))
                ),
            ),
            pgtrigger.Protect(
                name="experiment_that_began_is_kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__started_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ExperimentRound(models.Model):
    """From when on how many of 10,000 places went to each variant, and what was measured of it.

    `arms` are the customers, the sum of their values and the sum of the squares, of each variant; `held_out` the same
    of those who get none of the policies. An experiment with fixed shares has one round.
    """

    merchant = models.ForeignKey(
        Merchant, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    experiment = models.ForeignKey(
        Experiment, on_delete=models.PROTECT, related_name="rounds", db_index=False, db_constraint=False
    )
    number = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    shares = models.JSONField()
    arms = models.JSONField(default=list)
    held_out = models.JSONField(default=list)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            SameMerchant(field="experiment", name="experiment_round_same_merchant"),
            models.UniqueConstraint(fields=["experiment", "number"], name="experiment_round_once"),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="experiment_round_assigns_for_ever_the_same",
                fields=["merchant", "experiment", "number", "starts_at", "shares"],
            ),
            pgtrigger.Protect(name="experiment_round_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id} round {self.number}"
