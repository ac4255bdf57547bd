"""What the page of an account says of the balance and of the tier: each number leads to the rows behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.lib.admin import link_to_rows
from config.lib.money import format_amount
from config.lib.numbers import written
from credits.models.accounts import Account
from credits.models.entries import Entry
from credits.models.holds import Hold
from credits.models.lots import Lot
from credits.models.qualifying import QualifyingAmount
from credits.models.tiers import Tier
from credits.selectors.accounts import balance_now
from credits.selectors.terms import wallet_terms
from credits.selectors.tiers import tier_progress


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with a link to the rows behind it."""

    name: str
    number: SafeString
    meaning: str


@dataclass(frozen=True, slots=True)
class Goal:
    """How far somebody is on the way to a tier, in one of its requirements."""

    name: str
    reached: SafeString
    wanted: str
    part: int
    whole: int


def balance(account: Account, now: datetime) -> list[Figure]:
    """What the customer has now; each number leads to the rows that it is the sum of."""
    is_due = account.next_change_at is not None and account.next_change_at <= now
    stands = balance_now(account_id=account.pk, owed=account.owed, now=now) if is_due else account
    of = {"account": account.pk}
    return [
        Figure(_("Available"), _link(Lot, stands.available, {**of, "standing": "spendable"}), _("can be spent now")),
        Figure(_("Pending"), _link(Lot, stands.pending, {**of, "standing": "pending"}), _("wait for a cause or a day")),
        Figure(_("Held"), _link(Hold, stands.held, {**of, "state": "open"}), _("promised to a purpose")),
        Figure(_("Owed"), _link(Entry, stands.owed, {**of, "kind": "reversed"}), _("repaid by the next points")),
        Figure(
            _("Earned in all"),
            _link(Entry, account.lifetime_points, {**of, "kind": "earned"}),
            _("less what refunds took"),
        ),
    ]


@dataclass(frozen=True, slots=True)
class Path:
    """The way to the next tier; None if there is none above."""

    to: Tier | None
    goals: list[Goal]


def path_up(account: Account, now: datetime) -> Path:
    """The next tier above the customer's, and how far each of its requirements is met within the wallet's window."""
    terms = wallet_terms(wallet=account.wallet, zone=account.merchant.time_zone)
    progress = tier_progress(terms=terms, account=account, now=now)
    wanted = progress.next_tier
    if wanted is None:
        return Path(None, [])

    def spend(minor_units: int) -> str:
        return format_amount(minor_units, account.merchant.currency)

    measures: tuple[tuple[str, int, int, Callable[[int], str]], ...] = (
        (_("Spend"), progress.claims.spend, wanted.min_spend, spend),
        (_("Purchases"), progress.claims.orders, wanted.min_orders, str),
        (_("Points"), progress.claims.points, wanted.min_points, str),
    )
    behind = {"account": account.pk}
    return Path(
        Tier.objects.get(pk=wanted.id),
        [
            Goal(name, link_to_rows(QualifyingAmount, say(has), behind), say(wants), max(0, min(has, wants)), wants)
            for name, has, wants, say in measures
            if wants
        ],
    )


def _link(model: type[Model], number: int, lookups: Mapping[str, object]) -> SafeString:
    return link_to_rows(model, written(number), lookups)
