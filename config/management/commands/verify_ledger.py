"""`manage.py verify_ledger`: the proof that the books are right, floor by floor, in one snapshot."""

import time
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from config.cockpit.signs import Proof, record_proof
from config.lib.proof import Finding, check, one_snapshot, read_figures, tables_read
from credits.services import proof as credits_proof
from fulfillment.services import proof as fulfillment_proof
from referrals.services import proof as referrals_proof
from rewards.services import proof as rewards_proof

FLOORS = (referrals_proof, credits_proof, rewards_proof, fulfillment_proof)
INVARIANTS = tuple(invariant for floor in FLOORS for invariant in floor.INVARIANTS)
FIGURES = tuple(figures for floor in FLOORS for figures in floor.FIGURES)


class Command(BaseCommand):
    help = "Prove every invariant of the books in one snapshot; prints JSON, and exits 1 if one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        """The one option."""
        parser.add_argument("--list-tables", action="store_true", help="only say which tables are read")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one JSON object."""
        if options["list_tables"]:
            self._print(tables_read([each.sql for each in (*INVARIANTS, *FIGURES)]))
            return
        started, now = time.monotonic(), timezone.now()
        with one_snapshot():
            findings = check(INVARIANTS, now=now)
            figures = read_figures(FIGURES, now=now)
        is_ok = not any(finding.violations for finding in findings)
        seconds = round(time.monotonic() - started, 3)
        record_proof(Proof(now, is_ok, seconds, sum(finding.violations for finding in findings)))
        self._print(
            {
                "ok": is_ok,
                "checked_at": now,
                "seconds": seconds,
                "invariants": [_told(finding) for finding in findings],
                "figures": figures,
            }
        )
        if not is_ok:
            raise SystemExit(1)

    def _print(self, value: Any) -> None:
        self.stdout.write(msgspec.json.encode(value).decode())


def _told(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.invariant.id,
        "name": finding.invariant.name,
        "sentence": finding.invariant.sentence,
        "ok": not finding.violations,
        "violations": finding.violations,
        "rows": finding.rows,
    }
