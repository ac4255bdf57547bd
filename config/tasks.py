"""What workers do for staff and operators: figures that take long, and signs of life."""

from celery import shared_task
from django.utils import timezone

from config.cockpit.figures import work_out_figures
from config.cockpit.signs import beat_heart
from referrals.models.merchants import Merchant


@shared_task
def work_out(merchant_id: int) -> None:
    """Work out the figures of a merchant's dashboard."""
    work_out_figures(merchant=Merchant.objects.get(pk=merchant_id), now=timezone.now())


@shared_task
def show_life(who: str) -> None:
    """Say that workers of this kind are there, and that beat is."""
    beat_heart(who=who, now=timezone.now())
