"""What staff type in about points and tiers."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from config.lib.dates import end_of_day
from config.lib.ids import uuid7
from config.lib.numbers import written
from credits.models.accounts import Account
from credits.models.tiers import Tier

POINTS_MAX = 10**9
DAY = forms.DateInput(attrs={"type": "date"})


class AccountForm(forms.Form):
    """Something that staff do to an account, with the reason, which is kept beside what was done.

    `key` names this one form, so that sending it twice does it once.

    :param now: when it is filled in.
    """

    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    key = forms.UUIDField(initial=uuid7, widget=forms.HiddenInput)
    field_order = ("points", "tier", "reason", "until")

    def __init__(self, data: Any = None, *, account: Account, now: datetime) -> None:
        super().__init__(data, prefix=type(self).__name__.lower())
        self.account = account
        self.zone = ZoneInfo(account.merchant.time_zone)
        self.today = now.astimezone(self.zone).date()


class AdjustmentForm(AccountForm):
    """Points to give or to take."""

    points = forms.IntegerField(label=_("Points"), min_value=-POINTS_MAX, max_value=POINTS_MAX)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = self.account.wallet.adjustment_max
        told = _("Negative takes away. More than %(alone)s wait for a second person.")
        self.fields["points"].help_text = told % {"alone": written(alone)}

    def clean_points(self) -> int:
        """The points, which are not zero."""
        points: int = self.cleaned_data["points"]
        if not points:
            raise forms.ValidationError(_("Zero points change nothing."))
        return points


class TierForm(AccountForm):
    """A tier to put a customer into, and how long they stay at least."""

    tier = forms.ModelChoiceField(Tier.objects.none(), label=_("Tier"))
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=DAY,
        help_text=_("The last day on which they surely stay. Empty: the next review decides."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tier: Any = self.fields["tier"]
        tier.queryset = Tier.objects.filter(wallet=self.account.wallet_id).order_by("rank")

    def clean_until(self) -> datetime | None:
        """The end of that day, in the merchant's zone."""
        day: date | None = self.cleaned_data["until"]
        if day is not None and day < self.today:
            raise forms.ValidationError(_("This day is over."))
        return None if day is None else end_of_day(day, self.zone)


class PeriodForm(forms.Form):
    """A period: from the beginning of one day to the beginning of another."""

    start = forms.DateField(label=_("From"), widget=DAY)
    end = forms.DateField(label=_("To, not included"), widget=DAY)

    def clean(self) -> dict[str, Any]:
        """The days, the first before the last."""
        told: dict[str, Any] = self.cleaned_data
        if "start" in told and "end" in told and told["start"] >= told["end"]:
            self.add_error("end", _("A period ends after it begins."))
        return told
