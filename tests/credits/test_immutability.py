"""Facts are for ever: the database refuses to change, delete or empty them, whoever asks."""

import secrets

import pytest
from django.db import ProgrammingError, connection, transaction
from django.utils import timezone

from config.lib.immutable import TRUNCATING_ROLE
from tests.factories.credits import EntryFactory, LotUseFactory, QualifyingAmountFactory, TierMoveFactory
from tests.factories.referrals import AuditRecordFactory, EventFactory, PaymentFactory, PurchaseFactory, RefundFactory
from tests.factories.rewards import PolicyVersionFactory
from tests.factories.sharing import ConsentFactory, InvitationOptOutFactory

pytestmark = pytest.mark.django_db
FACTS = (
    AuditRecordFactory,
    ConsentFactory,
    EntryFactory,
    EventFactory,
    InvitationOptOutFactory,
    LotUseFactory,
    PaymentFactory,
    PurchaseFactory,
    QualifyingAmountFactory,
    RefundFactory,
    TierMoveFactory,
)
each_fact = pytest.mark.parametrize("make", FACTS, ids=lambda make: make._meta.model.__name__)


def table_of(make):
    return make._meta.model._meta.db_table


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # A table whose rows are yet to be checked is not emptied.
        cursor.execute(statement)


@pytest.fixture
def somebody_else(db):
    """The session of a superuser who is not the tests' role."""
    name = f"somebody_{secrets.token_hex(4)}"
    run(f"CREATE ROLE {name} SUPERUSER")
    run(f"SET ROLE {name}")
    yield
    run("RESET ROLE")


@each_fact
@pytest.mark.parametrize("change", [lambda row: row.save(), lambda row: row.delete()], ids=["save", "delete"])
def test_a_model_cannot_change_a_fact(make, change):
    row = make()
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        change(row)
    assert type(row).objects.filter(pk=row.pk).exists()


@each_fact
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_sql_cannot_change_a_fact(make, statement):
    make()
    with pytest.raises(ProgrammingError, match="Cannot update or delete"):
        run(statement.format(table_of(make)))


@each_fact
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_no_superuser_can_change_or_empty_facts(make, statement, somebody_else):
    make()
    with pytest.raises(ProgrammingError, match=r"Cannot update or delete|is immutable"):
        run(statement.format(table_of(make)))


@each_fact
def test_only_the_role_of_the_tests_empties_a_table_of_facts(make):
    make()
    run(f"SET ROLE {TRUNCATING_ROLE}")
    run(f"TRUNCATE {table_of(make)} CASCADE")
    assert not make._meta.model.objects.exists()


@pytest.mark.parametrize("status", ["published", "retired"])
@pytest.mark.parametrize(
    "change",
    [
        {"definition": {}},
        {"number": 7},
        {"published_at": None, "effective_at": None, "retired_at": None, "status": "draft"},
    ],
    ids=min,
)
def test_a_version_that_was_ever_published_does_not_change(change, status):
    version = PolicyVersionFactory(status=status, retired_at=timezone.now() if status == "retired" else None)
    with pytest.raises(ProgrammingError, match="Cannot update"):
        type(version).objects.filter(pk=version.pk).update(**change)


def test_a_version_that_was_ever_published_is_not_deleted():
    version = PolicyVersionFactory()
    with pytest.raises(ProgrammingError, match="Cannot delete"):
        version.delete()


def test_a_published_version_can_be_retired():
    version = PolicyVersionFactory()
    version.status, version.retired_at = "retired", timezone.now()
    version.save()


def test_a_draft_changes_and_goes_as_its_author_likes():
    version = PolicyVersionFactory(status="draft", published_at=None)
    version.definition = {}
    version.save()
    version.delete()
