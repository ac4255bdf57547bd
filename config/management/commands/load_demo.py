"""`manage.py load_demo`: three merchants with their programmes, and people to try them with.

Every start of the demo runs it, so it leaves alone what people have changed since, programmes above all; only the
keys, the passwords and the secret of the shop are put right, because it prints them. They are the same each time: the
password is fixed, and the others follow from SECRET_KEY. That is why it refuses to run in production.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.crypto import salted_hmac

from config.lib.encryption import keyed_hash
from config.management.goods import ensure_codes, ensure_shop, ensure_slots
from config.management.people import ensure_customer, ensure_staff, ensure_technician
from credits.models.wallets import Wallet
from referrals.models.api_keys import ApiKey, Scope
from referrals.models.merchants import Merchant
from referrals.services.codes import issue_code
from referrals.services.staff import Role, ensure_roles
from rewards.services.programmes.applying import apply_programme
from rewards.services.programmes.shipped import shipped_programme, shipped_slugs

PASSWORD = "grapevine-demo"  # noqa: S105 - it is printed at every start
CUSTOMERS = ("Alice", "Bob", "Carol")
STAFF = {
    Role.SUPPORT: "Sam",
    Role.PROGRAMME_MANAGER: "Paula",
    Role.FRAUD_ANALYST: "Frank",
    Role.ADMINISTRATOR: "Ada",
}
TECHNICIAN = "Tina"
PEOPLE_HEADINGS = ("merchant", "person", "role", "e-mail", "password", "referral code")
KEY_HEADINGS = ("merchant", "pages", "API key")
WITH_A_SHOP = "acme-shop"
SHOP_HEADINGS = ("merchant", "Shopify shop", "secret that signs its webhooks")


@dataclass(frozen=True, slots=True)
class _Merchant:
    """A merchant of the demo, as rows of the tables that are printed."""

    people: list[tuple[str, ...]]
    key: tuple[str, ...]


class Command(BaseCommand):
    help = "Load the demo: the programmes that ship, and people with logins. What is there already stays."

    def add_arguments(self, parser: CommandParser) -> None:
        """The port is only printed, in the addresses of the merchants' pages."""
        parser.add_argument("--port", type=int, default=8000, help="where the pages will answer")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything in one transaction, then say who can sign in."""
        if settings.IN_PRODUCTION:
            raise CommandError("The demo's passwords are known to everybody: it is not for production.")
        # Encoding a password takes a tenth of a second: once for all, and with a salt that is the same next time.
        encoded, now = make_password(PASSWORD, salt=_derived("password")), datetime.now(UTC)
        with transaction.atomic():
            ensure_roles()
            merchants = [_load(slug, encoded, options["port"], now) for slug in shipped_slugs()]
            shop = _connect_shop(now)
        self.stdout.write(_table(PEOPLE_HEADINGS, [row for merchant in merchants for row in merchant.people]))
        self.stdout.write("")
        self.stdout.write(_table(KEY_HEADINGS, [merchant.key for merchant in merchants]))
        self.stdout.write("")
        self.stdout.write(_table(SHOP_HEADINGS, [shop]))


def _load(slug: str, encoded: str, port: int, now: datetime) -> _Merchant:
    if not Wallet.objects.filter(merchant__slug=slug).exists():
        apply_programme(programme=shipped_programme(slug), now=now)
    merchant = Merchant.objects.get(slug=slug)
    ensure_codes(merchant=merchant, now=now)
    ensure_slots(merchant=merchant, now=now)
    people = [_customer(merchant, name, encoded, now) for name in CUSTOMERS]
    ensure_technician(merchant=merchant, name=TECHNICIAN, email=_email(TECHNICIAN, slug), encoded=encoded)
    people.append(_row(merchant, TECHNICIAN, "technician"))
    for role, name in STAFF.items():
        ensure_staff(merchant=merchant, role=role, name=name, email=_email(name, slug), encoded=encoded)
        people.append(_row(merchant, name, role.value))
    return _Merchant(people, (slug, f"http://{merchant.domain}:{port}/", _ensure_key(merchant)))


def _connect_shop(now: datetime) -> tuple[str, ...]:
    secret = _derived("secret of the shop")
    shop = ensure_shop(merchant=Merchant.objects.get(slug=WITH_A_SHOP), secret=secret, now=now)
    return (WITH_A_SHOP, shop.domain, secret)


def _customer(merchant: Merchant, name: str, encoded: str, now: datetime) -> tuple[str, ...]:
    customer, user = ensure_customer(
        merchant=merchant,
        external_id=name.lower(),
        name=name,
        email=_email(name, merchant.slug),
        encoded=encoded,
        now=now,
    )
    return (merchant.slug, name, "customer", user.email, PASSWORD, issue_code(customer=customer, now=now).code)


def _row(merchant: Merchant, name: str, role: str) -> tuple[str, ...]:
    return (merchant.slug, name, role, _email(name, merchant.slug), PASSWORD, "")


def _email(name: str, slug: str) -> str:
    return f"{name.lower()}@{slug}.example"


def _ensure_key(merchant: Merchant) -> str:
    """The demo's API key of a merchant: always the same one, and in force."""
    prefix = f"gv_{_derived(f'API key of {merchant.slug}')[:8]}"
    token = f"{prefix}_{_derived(f'secret of {merchant.slug}')}"
    columns = {
        "merchant": merchant,
        "name": "Demo",
        "secret_hash": keyed_hash(token.encode()),
        "scopes": sorted(Scope),
        "expires_at": None,
        "revoked_at": None,
    }
    ApiKey.objects.update_or_create(prefix=prefix, defaults=columns)
    return token


def _derived(label: str) -> str:
    """128 bits in hexadecimal that follow from SECRET_KEY."""
    return salted_hmac("grapevine demo", label, algorithm="sha256").hexdigest()[:32]


def _table(headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[column]) for row in [headings, *rows]) for column in range(len(headings))]
    lines = [headings, tuple("─" * width for width in widths), *rows]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
