"""Which lots pay: the soonest-expiring first, then in the order of earning; and what of them is still free."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from credits.models.lots import Lot
from credits.services.book import Book
from credits.services.ledger_rows import NewEntry, NewLotUse, OpenAccount


class InsufficientPoints(DomainError):
    """There are not enough points that can be spent."""

    code = "insufficient_points"


@dataclass(frozen=True, slots=True)
class Draw:
    """Points of one lot, which lapse at `expires_at` if it is not None."""

    lot_id: int
    points: int
    expires_at: datetime | None


def draw(book: Book, account: OpenAccount, points: int, *, besides: int | None = None) -> list[Draw]:
    """Choose the lots that give `points`, or as many as there are.

    Nothing is taken yet. Lots that this very book brings are not seen; what it has set free of others is, which is why
    lots that are wholly held by what the database still says are read as well.

    :param besides: a lot that is left alone.
    """
    living = Q(expires_at__isnull=True) | Q(expires_at__gt=book.now)
    lots = Lot.objects.filter(living, account=account.id, remaining__gt=0).exclude(pk=besides)
    draws: list[Draw] = []
    wanted = points
    for lot_id, remaining, held, active_at, expires_at in lots.order_by(
        F("expires_at").asc(nulls_last=True), "earned_at", "pk"
    ).values_list("pk", "remaining", "held", "active_at", "expires_at"):
        if wanted <= 0:
            break
        if not book.is_spendable(account, active_at):
            continue
        drawn = min(wanted, book.free_of(lot_id, remaining, held))
        if drawn > 0:
            draws.append(Draw(lot_id, drawn, expires_at))
            wanted -= drawn
    return draws


def draw_exactly(book: Book, account: OpenAccount, points: int) -> list[Draw]:
    """Choose the lots that give exactly `points`.

    :raises InsufficientPoints: if the customer cannot spend as many.
    """
    if points > account.available:
        raise InsufficientPoints(
            _("There are %(available)s points, and %(points)s are asked for.")
            % {"available": account.available, "points": points}
        )
    draws = draw(book, account, points)
    if sum(each.points for each in draws) != points:
        raise RuntimeError(f"The lots of account {account.id} have less than its {account.available} points.")
    return draws


def take(book: Book, draws: list[Draw], entry: NewEntry) -> None:
    """Let lots pay for an entry."""
    for each in draws:
        book.lot_uses.append(NewLotUse(each.lot_id, entry, each.points))
        book.draw_on(each.lot_id, each.points)


def free(book: Book, account: OpenAccount, draws: list[Draw]) -> None:
    """Points of lots become spendable; a debt is repaid from them first."""
    account.touched = True
    for each in draws:
        repaid = min(account.owed, each.points)
        account.owed -= repaid
        account.available += each.points - repaid
        if repaid:
            book.lot_uses.append(NewLotUse(each.lot_id, each.lot_id, repaid))
            book.draw_on(each.lot_id, repaid)
