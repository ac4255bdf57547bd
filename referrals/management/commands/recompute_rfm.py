"""`manage.py recompute_rfm`: compare customers by what they buy, now rather than at night."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from referrals.models.merchants import Merchant
from referrals.services.rfm import recompute_rfm


class Command(BaseCommand):
    help = "Compute recency, frequency, monetary value and segment of every merchant's customers anew."

    def handle(self, *args: Any, **options: Any) -> None:
        """Say of each merchant how many customers were scored."""
        for merchant in Merchant.objects.order_by("id"):
            self.stdout.write(f"{merchant.slug}: {recompute_rfm(merchant=merchant, now=timezone.now())}")
