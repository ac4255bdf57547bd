"""Rows that nobody may change: not through a model, not through SQL, not as administrator."""

from typing import Any

import pgtrigger

TRUNCATING_ROLE = "grapevine_tests"
"""The one role that may empty an immutable table: that of the throw-away servers which tests run on."""


class RefuseTruncate(pgtrigger.Trigger):
    """Refuses TRUNCATE, except to the role of the tests."""

    when = pgtrigger.Before
    level = pgtrigger.Statement
    operation = pgtrigger.Truncate

    def get_func(self, model: Any) -> str:
        """The body of the trigger's function."""
        return f"""
            IF current_user <> '{TRUNCATING_ROLE}' THEN
                RAISE EXCEPTION '{model._meta.db_table} is immutable';
            END IF;
            RETURN NULL;
        """


def immutable(noun: str) -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE, DELETE and TRUNCATE on a table of facts.

    :param noun: what a row is; part of the triggers' names.
    """
    return [
        pgtrigger.Protect(name=f"{noun}_never_changes", operation=pgtrigger.Update | pgtrigger.Delete),
        RefuseTruncate(name=f"{noun}_never_truncated"),
    ]
