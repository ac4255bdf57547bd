"""Foreign keys that cannot leave their merchant, or their customer."""

from typing import Any, ClassVar

from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import BaseConstraint, Model


class SameMerchant(BaseConstraint):
    """`(field, merchant)` refers to `(id, merchant)` of another table: both belong to one merchant.

    It takes the place of the plain foreign key (declare the field with `db_constraint=False`), so a row
    pays for one check, not for two. The other table needs a unique constraint on `(id, merchant)`.
    """

    owner: ClassVar[str] = "merchant"

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def constraint_sql(self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """The clause for CREATE TABLE."""
        assert model is not None
        assert schema_editor is not None
        quote = schema_editor.quote_name
        field: Any = model._meta.get_field(self.field)
        owner: Any = model._meta.get_field(self.owner)
        other = field.remote_field.model._meta
        return (
            f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({quote(field.column)}, {quote(owner.column)})"
            f" REFERENCES {quote(other.db_table)} ({quote(other.pk.column)}, {quote(owner.column)})"
        )

    def create_sql(  # type: ignore[override]  # the stubs say str, and Django takes a Statement as well
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement:
        """The statement that adds the constraint to an existing table."""
        assert model is not None
        assert schema_editor is not None
        return Statement(
            "ALTER TABLE %(table)s ADD %(constraint)s",
            table=schema_editor.quote_name(model._meta.db_table),
            constraint=self.constraint_sql(model, schema_editor),
        )

    def remove_sql(  # type: ignore[override]  # as above
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Statement:
        """The statement that drops the constraint."""
        assert model is not None
        assert schema_editor is not None
        return Statement(
            "ALTER TABLE %(table)s DROP CONSTRAINT %(name)s",
            table=schema_editor.quote_name(model._meta.db_table),
            name=schema_editor.quote_name(self.name),
        )

    def validate(self, model: type[Model], instance: Model, exclude: Any = None, using: str = DEFAULT_DB_ALIAS) -> None:
        """Forms need no check of their own: the merchant of a row is never typed in."""

    def deconstruct(self) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
        """How a migration writes the constraint."""
        path, args, kwargs = super().deconstruct()
        return path, tuple(args), {**kwargs, "field": self.field}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, SameMerchant):
            return (type(self), self.name, self.field) == (type(other), other.name, other.field)
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.name, self.field))


class SameCustomer(SameMerchant):
    """The same of a customer: both rows belong to one, and so to one merchant."""

    owner = "customer"
