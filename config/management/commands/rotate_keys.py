"""`manage.py rotate_keys`: encrypt everything with the first of `FIELD_ENCRYPTION_KEYS`."""

from typing import Any

import msgspec
from django.core.management.base import BaseCommand

from fulfillment.services.rotation import rotate_secrets
from referrals.services.rotation import rotate_keys
from rewards.services.rotation import rotate_coupons


class Command(BaseCommand):
    help = (
        "Encrypt personal data with the first key, and make lookup hashes anew; run it again after an interruption."
        " Prints one line of JSON; exits 1 if there is something that no key reads."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, then print how many rows were written anew."""
        chunks = [*rotate_keys(), *rotate_coupons(), *rotate_secrets()]
        unreadable = sum(chunk.unreadable for chunk in chunks)
        done = {"rewritten": sum(chunk.rewritten for chunk in chunks), "unreadable": unreadable}
        self.stdout.write(msgspec.json.encode(done).decode())
        if unreadable:
            raise SystemExit(1)
