"""Writing the items of a programme's section: all of them in one statement."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Model


def write_items(noun: type[Model], items: Sequence[Mapping[str, Any]], *, key: str = "code", **owner: Model) -> None:
    """Write the rows of an owner: those that there are say what the items say, and the others are made.

    :param items: columns and their values, the same columns in each.
    :param key: the column by which an owner's rows are told apart.
    :param owner: the column of the owner, and its row.
    """
    if not items:
        return
    stamped = [field.name for field in noun._meta.concrete_fields if getattr(field, "auto_now", False)]
    noun._default_manager.bulk_create(
        [noun(**owner, **item) for item in items],
        update_conflicts=True,
        unique_fields=[*owner, key],
        update_fields=[*(column for column in items[0] if column != key), *stamped],
    )
