"""`manage.py messages`: the catalogues of translations as they should be now."""

from typing import Any

from django.core.management.base import BaseCommand

from config.management.catalogue import LANGUAGES, missing, renew


class Command(BaseCommand):
    help = "Gather all texts anew, and compile their translations; names those that are still to be translated."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print a line a language, and one a text that has no translation."""
        for language in LANGUAGES:
            catalog = renew(language)
            untranslated = missing(catalog)
            self.stdout.write(f"{language}: {len(catalog)} texts, {len(untranslated)} to be translated")
            for text in untranslated:
                self.stdout.write(f"  {text}")
