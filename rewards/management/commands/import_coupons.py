"""`manage.py import_coupons`: the codes that a reward option hands out, from a file."""

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from rewards.models.catalog import RewardOption
from rewards.services.coupons import CodesInvalid, import_coupons, read_codes


class Command(BaseCommand):
    help = (
        "Put the codes in the first column of a CSV file into the pool of a reward option. Prints one line of JSON with"
        " the counts. A code that is known is passed over, so the same file again changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which file, for which option, and until when the codes are good."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--merchant", required=True, metavar="SLUG")
        parser.add_argument("--option", required=True, metavar="CODE")
        parser.add_argument("--expires-at", type=datetime.fromisoformat, metavar="MOMENT")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, then print the counts."""
        option = RewardOption.objects.filter(
            merchant__slug=options["merchant"], code=options["option"], needs_coupon=True
        ).first()
        if option is None:
            raise CommandError(f"{options['merchant']} has no reward option {options['option']} that hands out codes.")
        expires_at = options["expires_at"]
        if expires_at is not None and expires_at.tzinfo is None:
            raise CommandError("--expires-at needs an offset, such as 2026-12-31T23:59:59+01:00.")
        new, known = import_coupons(
            option=option, codes=self._codes(options["file"]), now=timezone.now(), expires_at=expires_at
        )
        self.stdout.write(msgspec.json.encode({"new": new, "known": known}).decode())

    def _codes(self, file: Path) -> list[str]:
        try:
            return read_codes(file.read_bytes())
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error}") from None
        except CodesInvalid as refused:
            raise CommandError(f"{file} cannot be read: {refused.detail}") from None
