"""Reading one row."""

from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def only_row(rows: QuerySet[M]) -> M | None:
    """The row of which there is at most one, by a unique key; None if there is none.

    `first` would sort what needs no sorting, and saying so takes the ORM as long as the rest of the statement.
    """
    return next(iter(rows), None)
