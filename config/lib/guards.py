"""Invariants about the database itself: the constraints, triggers and types that the models ask for are there.

A constraint that was dropped "for a moment" protects nothing, and nobody notices until it is too late.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import apps

from config.lib.constraints import SameMerchant
from config.lib.proof import Invariant


def guards(app_label: str, *, ledger: Iterable[type[Any]]) -> tuple[Invariant, ...]:
    """The invariants about the tables of a floor.

    :param ledger: models whose numbers are points or money, which have no fractions.
    """
    models = list(apps.get_app_config(app_label).get_models())
    tables = [model._meta.db_table for model in models]
    named = [(model._meta.db_table, it.name, isinstance(it, SameMerchant)) for model in models for it in _named(model)]
    triggers = [(model._meta.db_table, it.get_pgid(model)) for model in models for it in _triggers(model)]
    return (
        Invariant(
            "I-09",
            f"{app_label}_triggers",
            "Every trigger that keeps a fact from being changed exists, and none is disabled.",
            _triggers_missing(tables, triggers),
        ),
        Invariant(
            "I-12",
            f"{app_label}_constraints",
            "Every constraint that a model names exists and holds for all rows.",
            _constraints_missing((table, name) for table, name, same_merchant in named if not same_merchant),
        ),
        Invariant(
            "I-36",
            f"{app_label}_same_merchant",
            "Every foreign key that keeps rows within their merchant exists and holds for all rows.",
            _constraints_missing((table, name) for table, name, same_merchant in named if same_merchant),
        ),
        Invariant(
            "I-07",
            f"{app_label}_whole_numbers",
            "Points and money are whole numbers.",
            _columns_of([model._meta.db_table for model in ledger], "real", "double precision", "numeric", "money"),
        ),
        Invariant(
            "I-40",
            f"{app_label}_moments",
            "Every moment is kept with its time zone.",
            _columns_of(tables, "timestamp without time zone"),
        ),
    )


def _named(model: type[Any]) -> Iterable[Any]:
    return model._meta.constraints  # type: ignore[no-any-return]  # the model may be any


def _triggers(model: type[Any]) -> Iterable[Any]:
    return getattr(model._meta, "triggers", ())


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """A table of pairs; the blank one is there because a table of values needs a row."""
    rows = ", ".join(f"('{table}', '{name}')" for table, name in [("", ""), *pairs])
    return f"(SELECT * FROM (VALUES {rows}) AS pair (relation, name) WHERE relation <> '')"  # noqa: S608 (its parts are ours)


# Names come from our models, never from outside: nothing here can be injected.
def _triggers_missing(tables: Iterable[str], triggers: Iterable[tuple[str, str]]) -> str:
    return f"""
        SELECT relation AS "table", name AS "trigger", 'missing' AS found
        FROM {_pairs(triggers)} AS expected
        WHERE NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass(relation) AND tgname = name)
        UNION ALL
        SELECT relname, tgname, 'disabled'
        FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE tgenabled IN ('D', 'R') AND relname IN ({_quoted(tables)})
            AND relnamespace = current_schema()::regnamespace"""  # noqa: S608 (its parts are ours)


def _constraints_missing(constraints: Iterable[tuple[str, str]]) -> str:
    """A unique constraint with a condition is an index; everything else is a constraint."""
    return f"""
        SELECT relation AS "table", name AS missing
        FROM {_pairs(constraints)} AS expected
        WHERE NOT EXISTS (
            SELECT FROM pg_constraint WHERE conrelid = to_regclass(relation) AND conname = name AND convalidated)
        AND NOT EXISTS (
            SELECT FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
            WHERE indrelid = to_regclass(relation) AND relname = name AND indisunique AND indisvalid)"""  # noqa: S608 (its parts are ours)


def _columns_of(tables: Iterable[str], *types: str) -> str:
    return f"""
        SELECT table_name::text AS "table", column_name::text AS "column", data_type::text AS found
        FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name IN ({_quoted(tables)})
            AND data_type IN ({_quoted(types)})"""  # noqa: S608 (its parts are ours)
