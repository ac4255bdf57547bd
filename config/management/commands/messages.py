"""`manage.py messages`: the catalogues of translations as they should be now."""

from typing import Any

from django.core.management.base import BaseCommand

from config.management.catalogue import LANGUAGES, renew


class Command(BaseCommand):
    help = "Gather all texts anew, and compile their translations; says how many are still to be translated."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a language."""
        for language in LANGUAGES:
            messages = [message for message in renew(language) if message.id]
            missing = sum(not all(message.string if message.pluralizable else [message.string]) for message in messages)
            self.stdout.write(f"{language}: {len(messages)} texts, {missing} to be translated")
