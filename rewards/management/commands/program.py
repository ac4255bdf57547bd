"""`manage.py program`: a merchant's programme as one file."""

import json
from argparse import RawDescriptionHelpFormatter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.lib.errors import DomainError
from rewards.services.programmes.applying import apply_programme, plan_programme
from rewards.services.programmes.document import open_source
from rewards.services.programmes.export import export_programme
from rewards.services.programmes.full_form import Programme
from rewards.services.programmes.reading import read_programme
from rewards.services.programmes.schema import SCHEMA
from rewards.services.programmes.shipped import shipped_programme, shipped_slugs


class Command(BaseCommand):
    help = f"""A merchant's whole programme (wallet, tiers, rewards, policies) is one YAML file.

  program plan FILE      show what applying it would change; nothing is changed
  program apply FILE     change it, all or nothing
  program export SLUG    print the programme of a merchant as it stands
  program schema         print the JSON Schema of the file, for editors

FILE is a path, or the name of a programme that ships: {", ".join(shipped_slugs())}."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Keep the lines of the help as they are."""
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and with what."""
        actions = parser.add_subparsers(dest="action", required=True, metavar="plan|apply|export|schema")
        for action in ("plan", "apply"):
            actions.add_parser(action).add_argument("programme", metavar="FILE")
        actions.add_parser("export").add_argument("slug", metavar="SLUG")
        actions.add_parser("schema")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it; a problem is told without a traceback."""
        try:
            getattr(self, f"_{options['action']}")(options)
        except DomainError as error:
            raise CommandError(str(error)) from None

    def _plan(self, options: dict[str, Any]) -> None:
        plan = plan_programme(programme=_programme(options["programme"]))
        self.stdout.write(str(plan))
        if plan.refusals:
            raise CommandError("This cannot be applied:\n" + "\n".join(plan.refusals))

    def _apply(self, options: dict[str, Any]) -> None:
        plan = apply_programme(programme=_programme(options["programme"]), now=datetime.now(UTC))
        self.stdout.write(str(plan))

    def _export(self, options: dict[str, Any]) -> None:
        self.stdout.write(export_programme(slug=options["slug"]), ending="")

    def _schema(self, options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(SCHEMA, indent=2, ensure_ascii=False))


def _programme(file_or_slug: str) -> Programme:
    path = Path(file_or_slug)
    if path.is_file():
        return read_programme(open_source(path))
    if file_or_slug in shipped_slugs():
        return shipped_programme(file_or_slug)
    raise CommandError(f"There is no file {file_or_slug}, and no programme of that name ships.")
