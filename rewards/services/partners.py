"""What partners are owed: every reward of theirs that customers had is settled once, and deducted once if it came back.

A period is closed when it is over. Whatever was taken before its end and is not settled yet belongs to it, so nothing
is missed because its transaction ended late.
"""

from collections import defaultdict
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from config.lib.dates import start_of_date
from config.lib.errors import DomainError
from rewards.models.partners import Partner, Settlement
from rewards.models.takings import Taking


class PeriodNotOver(DomainError):
    """A period is settled when it is over, and begins where the one before has ended."""

    code = "period_not_over"


def close_period(*, partner: Partner, ends_on: date, now: datetime) -> Settlement:
    """Settle everything that customers had of a partner until a day; the same again is the same settlement.

    It begins where the last one has ended, or with the day on which the partner came.

    :param ends_on: the first day that is no longer part of it, in the merchant's zone.
    :raises PeriodNotOver: if that day has not begun, or lies before the end of the last settlement.
    """
    with transaction.atomic():
        partner = Partner.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=partner.pk)
        known = Settlement.objects.filter(partner=partner).order_by("-ends_on").first()
        if known is not None and known.ends_on == ends_on:
            return known
        end = start_of_date(ends_on, partner.zone)
        starts_on = known.ends_on if known is not None else partner.created_at.astimezone(partner.zone).date()
        if end > now or ends_on <= starts_on:
            raise PeriodNotOver
        taken = list(_taken(partner, end))
        returned = list(_returned(partner, end, taken))
        lines = _lines(taken, returned)
        settlement = Settlement.objects.create(
            merchant_id=partner.merchant_id,
            partner=partner,
            starts_on=starts_on,
            ends_on=ends_on,
            lines=lines,
            amount=sum(line["amount"] for line in lines),
            closed_at=now,
        )
        Taking.objects.filter(pk__in=[each.pk for each in taken]).update(settlement=settlement)
        Taking.objects.filter(pk__in=[each.pk for each in returned]).update(deduction=settlement)
        return settlement


def _taken(partner: Partner, end: datetime) -> QuerySet[Taking]:
    due = Taking.objects.select_for_update(of=("self",)).select_related("option").order_by("pk")
    return due.filter(partner=partner, settlement=None, taken_at__lt=end)


def _returned(partner: Partner, end: datetime, taken: list[Taking]) -> list[Taking]:
    """What was given back: of what is settled now or was settled before."""
    due = Taking.objects.select_for_update(of=("self",)).select_related("option").order_by("pk")
    before = due.filter(partner=partner, deduction=None, settlement__isnull=False, given_back_at__lt=end)
    return [*before, *(each for each in taken if each.given_back_at is not None and each.given_back_at < end)]


def _lines(taken: list[Taking], returned: list[Taking]) -> list[dict[str, int | str]]:
    """One line for each option and price."""
    counts: dict[tuple[str, int], list[int]] = defaultdict(lambda: [0, 0])
    for index, takings in enumerate((taken, returned)):
        for each in takings:
            counts[each.option.code, each.unit_cost][index] += each.quantity
    return [
        {
            "option": code,
            "unit_cost": unit_cost,
            "taken": had,
            "returned": back,
            "amount": (had - back) * unit_cost,
        }
        for (code, unit_cost), (had, back) in sorted(counts.items())
    ]
