"""`manage.py seed_acceptance`: two fresh merchants for a trial from outside, and all that it needs, as JSON.

Every run makes two new merchants, so that a trial never meets what an earlier one left behind, and two trials at
once do not meet each other. Their programme is that of farmacy-food. The secrets are random, and shown this once.
"""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand
from django.db import transaction

from config.management.people import ensure_customer, ensure_staff, ensure_technician
from referrals.models.merchants import Merchant
from referrals.services.api_keys import issue_api_key
from referrals.services.codes import issue_code
from referrals.services.staff import Role, ensure_roles
from rewards.services.programmes.applying import apply_programme
from rewards.services.programmes.shipped import shipped_programme

CUSTOMERS = ("Alice", "Bob", "Carol")
TECHNICIANS = ("Tina", "Tom")


class Command(BaseCommand):
    help = "Make two fresh merchants with people and API keys, and print them as one JSON object."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make everything in one transaction; nothing else is written to standard output."""
        now, run = datetime.now(UTC), secrets.token_hex(4)
        with transaction.atomic():
            ensure_roles()
            merchants = [_seed(f"acceptance-{run}-{letter}", now) for letter in "ab"]
        self.stdout.write(json.dumps({"merchants": merchants}, indent=2))


def _seed(slug: str, now: datetime) -> dict[str, Any]:
    merchant = _merchant(slug, now)
    return {
        "slug": slug,
        "api_key": issue_api_key(merchant=merchant, name="Acceptance")[1],
        "customers": [_customer(merchant, name, now) for name in CUSTOMERS],
        "technicians": [_technician(merchant, name) for name in TECHNICIANS],
        "staff": [_member_of_staff(merchant, role) for role in Role],
    }


def _merchant(slug: str, now: datetime) -> Merchant:
    programme = shipped_programme("farmacy-food")
    own = {"slug": slug, "name": slug.replace("-", " ").capitalize(), "domain": f"{slug}.localhost"}
    apply_programme(programme={**programme, "merchant": {**programme["merchant"], **own}}, now=now)
    return Merchant.objects.get(slug=slug)


def _customer(merchant: Merchant, name: str, now: datetime) -> dict[str, str]:
    email, password = _email(merchant, name), _password()
    customer, _ = ensure_customer(
        merchant=merchant,
        external_id=name.lower(),
        name=name,
        email=email,
        encoded=make_password(password),
        now=now,
    )
    code = issue_code(customer=customer, now=now).code
    return {"id": customer.public_id, "email": email, "password": password, "referral_code": code}


def _technician(merchant: Merchant, name: str) -> dict[str, str]:
    email, password = _email(merchant, name), _password()
    ensure_technician(merchant=merchant, name=name, email=email, encoded=make_password(password))
    return {"email": email, "password": password}


def _member_of_staff(merchant: Merchant, role: Role) -> dict[str, str]:
    email, password = _email(merchant, role.value.replace(" ", "-")), _password()
    ensure_staff(merchant=merchant, role=role, name=str(role.label), email=email, encoded=make_password(password))
    return {"email": email, "password": password, "role": role.value}


def _email(merchant: Merchant, name: str) -> str:
    return f"{name.lower()}@{merchant.slug}.example"


def _password() -> str:
    return secrets.token_urlsafe(15)
