from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from referrals.models.merchants import Merchant

CLOCK = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
MIDNIGHT = "24:00"


class Technician(models.Model):
    """A person who delivers what a merchant's customers were promised.

    `skills` are categories of rewards or codes of options, and `regions` are the merchant's own words; whoever has
    none named has all of them. `capacity` is how many jobs they have at once.
    """

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    skills = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="Categories of rewards, or codes of options, separated by commas; empty: everything.",
    )
    regions = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, help_text="Separated by commas; empty: everywhere."
    )
    capacity = models.PositiveSmallIntegerField(default=5, help_text="Jobs at once.")
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["merchant", "user"], name="technician_once_a_merchant"),
            models.UniqueConstraint(fields=["id", "merchant"], name="technician_id_merchant"),
            models.CheckConstraint(condition=Q(capacity__gt=0), name="technician_capacity_positive"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class Weekday(models.IntegerChoices):
    """A day of the week, numbered as Python does."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class WorkingHours(models.Model):
    """When a technician works, week by week, by the clock of the merchant's zone; without any they always do."""

    technician = models.ForeignKey(Technician, on_delete=models.CASCADE, related_name="hours", db_index=False)
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    starts_at = models.CharField(max_length=5, help_text="Such as 09:00.")
    ends_at = models.CharField(max_length=5, help_text="Such as 17:30; 24:00 is the end of the day.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["technician", "weekday", "starts_at"], name="working_hours_once"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="working_hours_weekday_in_range"),
            models.CheckConstraint(
                condition=Q(starts_at__regex=CLOCK, ends_at__gt=F("starts_at"))
                & (Q(ends_at__regex=CLOCK) | Q(ends_at=MIDNIGHT)),
                name="working_hours_by_the_clock",
            ),
        ]
        verbose_name_plural = "working hours"

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts_at}–{self.ends_at}"


class TimeOff(models.Model):
    """Days on which a technician does not work, the last one included."""

    technician = models.ForeignKey(Technician, on_delete=models.CASCADE, related_name="time_off")
    first_day = models.DateField()
    last_day = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=F("first_day")), name="time_off_ends_after_it_begins")
        ]
        verbose_name_plural = "time off"

    def __str__(self) -> str:
        return f"{self.first_day} – {self.last_day}"
