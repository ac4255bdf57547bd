"""Ways to falsify the books behind the product's back: one at least for each thing that the proof must notice."""

import re
from dataclasses import dataclass, field

from django.apps import apps
from django.db import connection


@dataclass(frozen=True)
class Tampering:
    """Some SQL, and what must be found.

    The SQL returns the ids of the rows of `table` that must be named; where the database itself is changed, `row` is
    what must be said of it. In the SQL `@bob` is a customer, `#bob-1` the evaluation of a purchase, and
    `~purchase_never_changes` a trigger.
    """

    breaks: str
    table: str
    sql: str
    row: dict = field(default_factory=dict)

    def __str__(self):
        return self.breaks

    def do(self):
        """Do it, past every trigger and foreign key; return the ids that it returns."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET LOCAL session_replication_role = replica")
            for statement in _written_out(self.sql).split(";"):
                cursor.execute(statement)
            return {id_ for (id_,) in cursor.fetchall()} if cursor.description else set()


def _written_out(sql):
    sql = re.sub(r"@(\w+)", r"(SELECT id FROM referrals_customer WHERE external_id = '\1')", sql)
    sql = re.sub(r"~(\w+)", lambda match: _trigger(match[1]), sql)
    return re.sub(
        r"#([\w-]+)",
        r"(SELECT evaluation.id FROM rewards_evaluation AS evaluation JOIN referrals_purchase AS purchase"
        r" ON purchase.id = subject_id WHERE trigger = 'purchase.completed' AND order_id = '\1')",
        sql,
    )


def _trigger(name):
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", ()):
            if trigger.name == name:
                return trigger.get_pgid(model)
    raise LookupError(name)
