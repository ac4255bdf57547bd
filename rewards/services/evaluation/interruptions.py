"""Telling an interruption from a failure: what was interrupted is tried again as it is, what failed is set aside.

The database calls many things operational errors. That it was away, or had to break up a deadlock, says nothing
about the work orders; that a statement was too much for it does, and would be said again each time.
"""

from config.lib.problems import database_is_away

TOO_MUCH = ("54", "57014")
"""SQLSTATE, beginnings: a limit of the program was exceeded; a statement ran into its time limit."""


def is_interruption(error: BaseException) -> bool:
    """Whether an error came from outside, so that the same work may well be done the next time."""
    sqlstate = getattr(error.__cause__, "sqlstate", None) or ""
    return database_is_away(error) and not sqlstate.startswith(TOO_MUCH)
