"""`manage.py import_purchases`: purchases from a file, through the same intake as every other door."""

import gzip
import io
import sys
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import open as open_with_progress

from referrals.models.merchants import Merchant
from rewards.services.imports.cdnow_rows import read_cdnow
from rewards.services.imports.csv_rows import COLUMNS, NEEDED, HeaderInvalid, read_csv
from rewards.services.imports.importing import Tally, import_purchases
from rewards.tasks import nudge

FORMATS = {"csv": read_csv, "cdnow": read_cdnow}
FORMAT_HELP = (
    f"csv has a header that names the columns: {', '.join(NEEDED)}, and if wished"
    f" {', '.join(name for name in COLUMNS if name not in NEEDED)}; amounts are minor units."
    " cdnow is the purchase log of that shop."
)


class Command(BaseCommand):
    help = (
        "Import purchases from a file (.gz too). Rows that are not taken are told on standard error, the others are"
        " imported; prints one line of JSON with the counts, and exits 1 if a row was not taken. The same file again"
        " changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which file, whose, and how it is written."""
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--merchant", required=True, metavar="SLUG")
        parser.add_argument("--format", choices=sorted(FORMATS), default="csv", help=FORMAT_HELP)

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, then print the counts."""
        merchant = Merchant.objects.filter(slug=options["merchant"]).first()
        if merchant is None:
            raise CommandError(f"There is no merchant {options['merchant']}.")
        try:
            tally = self._import(options["file"], merchant, options["format"])
        except HeaderInvalid as error:
            raise CommandError(error.detail) from None
        except (OSError, EOFError) as error:
            raise CommandError(f"{options['file']} cannot be read: {error}") from None
        if tally.accepted:
            nudge()
        self.stdout.write(msgspec.json.encode(tally).decode())
        if not tally.is_clean:
            raise SystemExit(1)

    def _import(self, file: Path, merchant: Merchant, written_as: str) -> Tally:
        console, is_quiet = Console(stderr=True), not sys.stderr.isatty()
        with open_with_progress(file, "rb", description="Importing", console=console, disable=is_quiet) as raw:
            rows = FORMATS[written_as](_as_text(raw, is_packed=file.suffix == ".gz"), currency=merchant.currency)
            return import_purchases(merchant=merchant, rows=rows, report=self._report, now=timezone.now())

    def _report(self, line: int, reason: str) -> None:
        self.stderr.write(f"line {line}: {reason}")


def _as_text(raw: BinaryIO, *, is_packed: bool) -> io.TextIOWrapper:
    binary: Any = gzip.GzipFile(fileobj=raw) if is_packed else raw
    # Bytes that are not UTF-8 are let through as surrogates, so that they spoil their own row and no other.
    return io.TextIOWrapper(binary, encoding="utf-8-sig", errors="surrogateescape", newline="")
