"""`manage.py import_codes`: referral codes from a file."""

from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.lib.errors import Invalid
from referrals.models.merchants import Merchant
from referrals.services.code_requests import COLUMNS, Tally, import_codes


class Command(BaseCommand):
    help = (
        "Give customers the referral codes that a CSV file names. Rows that are refused are told on standard error;"
        " prints one line of JSON with the counts, and exits 1 if a row was refused. The same file again changes"
        f" nothing. Columns: {', '.join(COLUMNS)}; only the first is needed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which file, and whose."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--merchant", required=True, metavar="SLUG")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, then print the counts."""
        merchant = Merchant.objects.filter(slug=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"There is no merchant {options['merchant']}.")
        try:
            tally = self._import(options["file"], merchant)
        except Invalid as error:
            raise CommandError(error.detail) from None
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from None
        self.stdout.write(msgspec.json.encode(tally).decode())
        if tally.refused:
            raise SystemExit(1)

    def _import(self, file: Path, merchant: Merchant) -> Tally:
        with file.open(encoding="utf-8-sig", newline="") as text:
            return import_codes(merchant=merchant, text=text, report=self._report, now=timezone.now())

    def _report(self, line: int, reason: str) -> None:
        self.stderr.write(f"line {line}: {reason}")
