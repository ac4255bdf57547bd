"""`manage.py ensure_roles`: the roles of staff, with their permissions; run it after each migrate."""

from typing import Any

from django.core.management.base import BaseCommand

from referrals.services.staff import ensure_roles


class Command(BaseCommand):
    """Bring the roles of staff up to date with the tables that there are."""

    help = "Make the roles of staff, with the permissions they have. Running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the roles."""
        ensure_roles()
        self.stdout.write("The roles of staff are in place.")
