"""Doing things at the very same moment, each with a database connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

MEETING_SECONDS = 20


def at_once(*actions):
    """Run actions in threads that wait for each other before they begin; their results, in order."""
    start = Barrier(len(actions))

    def run(action):
        try:
            connection.ensure_connection()
            start.wait(MEETING_SECONDS)
            return action()
        except BaseException:
            start.abort()
            raise
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as threads:
        futures = [threads.submit(run, action) for action in actions]
        return [future.result() for future in futures]


def attempt(action, *expected):
    """Run an action that may be refused; its result, or the error that was to be expected."""
    try:
        return action()
    except expected as error:
        return error


def deadlocks():
    """How many deadlocks PostgreSQL has had to break in this database so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
