"""Quiet hours: when somebody is not written to, by the clock on their wall."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fulfillment.models.notifications import ContactPreference, Voice


def end_of_quiet(*, voice: Voice, preference: ContactPreference | None, zone: str, now: datetime) -> datetime | None:
    """When the quiet hours end in which `now` lies; None: it lies in none.

    The customer's own hours and zone come before the merchant's. Hours may go over midnight; the beginning belongs to
    them, and the end does not.

    :param zone: the merchant's time zone.
    """
    begin, end = voice.quiet_from, voice.quiet_until
    if preference is not None and preference.quiet_from is not None and preference.quiet_until is not None:
        begin, end = preference.quiet_from, preference.quiet_until
    here = ZoneInfo((preference.time_zone if preference else "") or zone)
    local = now.astimezone(here)
    if not _is_within(local.time(), begin, end):
        return None
    day = local.date() if local.time() < end else local.date() + timedelta(days=1)
    return datetime.combine(day, end, tzinfo=here).astimezone(UTC)


def _is_within(at: time, begin: time, end: time) -> bool:
    return begin <= at < end if begin <= end else at >= begin or at < end
