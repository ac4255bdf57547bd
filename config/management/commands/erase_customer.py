"""`manage.py erase_customer`: forget a person; their points and purchases stay, without a name."""

from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from config.lib.errors import DomainError
from config.management.people import find_customer
from fulfillment.services.erasure import erase_customer


class Command(BaseCommand):
    help = "Erase a customer: all that names them goes. Prints one line of JSON; exits 1 if nothing could be erased."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose customer, and which."""
        parser.add_argument("--merchant", required=True, metavar="SLUG")
        parser.add_argument("--customer", required=True, metavar="ID", help="the merchant's id of them, or ours")
        parser.add_argument("--reason", default="customer_request", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Erase, and say whom, by our id: the merchant's is forgotten now."""
        try:
            customer = find_customer(slug=options["merchant"], reference=options["customer"])
            is_new = erase_customer(customer=customer, now=timezone.now(), reason=options["reason"])
        except DomainError as error:
            self._print({"erased": False, "code": error.code, "detail": error.detail})
            raise SystemExit(1) from error
        self._print({"erased": True, "again": not is_new, "id": str(customer.uuid)})

    def _print(self, value: dict[str, Any]) -> None:
        self.stdout.write(msgspec.json.encode(value).decode())
