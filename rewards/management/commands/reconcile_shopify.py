"""`manage.py reconcile_shopify`: what of a shop's orders is missing here, and taking it in."""

from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.lib import strict_json
from referrals.models.shops import ShopifyShop
from rewards.services.shopify.reconciling import reconcile
from rewards.tasks import nudge


class Command(BaseCommand):
    help = (
        "Compare orders of a Shopify shop, as its API lists them with their refunds, with what is stored. Each"
        " difference is told on standard error, the counts as one line of JSON; exits 1 if there is any. With --apply"
        " what is missing is taken in, and it exits 1 only for what cannot be."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which file, which shop, and whether only to look."""
        parser.add_argument("file", type=Path, metavar="FILE", help='a JSON list of orders, or {"orders": [...]}')
        parser.add_argument("--shop", required=True, metavar="DOMAIN")
        parser.add_argument("--apply", action="store_true", help="take in what is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare, then print the counts."""
        shop = ShopifyShop.objects.select_related("merchant").filter(domain=options["shop"].lower()).first()
        if shop is None:
            raise CommandError(f"There is no shop {options['shop']}.")
        found = reconcile(
            shop=shop,
            orders=_orders(options["file"]),
            is_to_be_taken=options["apply"],
            report=lambda order, difference: self.stderr.write(f"order {order}: {difference}"),
            now=timezone.now(),
        )
        if options["apply"]:
            nudge()
        self.stdout.write(msgspec.json.encode(found).decode())
        if found.different or found.invalid or not (options["apply"] or found.is_none):
            raise SystemExit(1)


def _orders(file: Path) -> list[Any]:
    try:
        read = strict_json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from None
    orders = read.get("orders") if isinstance(read, dict) else read
    if not isinstance(orders, list):
        raise CommandError(f"{file} holds no list of orders.")
    return orders
