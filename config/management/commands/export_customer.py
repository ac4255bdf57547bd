"""`manage.py export_customer`: everything about a person, as one JSON object."""

from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.lib.errors import NotFound
from config.management.people import find_customer
from fulfillment.services.person_export import export_customer


class Command(BaseCommand):
    help = "Print everything that is known of a customer as JSON; exits 1 if there is no such customer."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose customer, and which."""
        parser.add_argument("--merchant", required=True, metavar="SLUG")
        parser.add_argument("--customer", required=True, metavar="ID", help="the merchant's id of them, or ours")
        parser.add_argument("--reason", default="customer_request", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Export, and print."""
        try:
            customer = find_customer(slug=options["merchant"], reference=options["customer"])
        except NotFound as error:
            raise CommandError(error.detail) from error
        told = export_customer(customer=customer, now=timezone.now(), reason=options["reason"])
        self.stdout.write(msgspec.json.encode(told).decode())
