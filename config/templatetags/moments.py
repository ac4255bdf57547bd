"""Moments as people speak of them."""

from datetime import datetime, time, timedelta

from django import template
from django.utils import timezone
from django.utils.formats import date_format

register = template.Library()


@register.filter
def last_moment(end: datetime) -> str:
    """How long something lasts that is over at `end`: what ends at midnight lasts for the whole day before."""
    local = timezone.localtime(end)
    if local.time() == time.min:
        return date_format(local - timedelta(days=1), "DATE_FORMAT")
    return date_format(local, "DATETIME_FORMAT")
