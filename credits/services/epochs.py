"""Ending the epoch of snapshots (`credits.selectors.epochs`): what was kept before is trusted no more."""

from datetime import datetime

from credits.models.unmarked import UnmarkedWrite


def end_epoch(*, merchant_id: int, now: datetime) -> None:
    """End the epoch with the commit of this transaction, which changes what customers are shown and marks none."""
    UnmarkedWrite.objects.create(merchant_id=merchant_id, written_at=now)
