"""What the JSON Schema of a programme is put together from."""

from typing import Any

from django.db.models import Model, TextChoices

# The end of the text is said twice, because `$` alone also allows a line break after it.
END = r"$(?!\n)"
PRINTABLE = r"^[^\x00-\x1f\x7f\ud800-\udfff]*" + END
AMOUNT_PATTERN = r"^[0-9]{1,13}(\.[0-9]{1,4})?" + END
VALUE_PATTERN = r"^[0-9]{1,13}(\.[0-9]{1,8})?" + END
DAY_PATTERN = r"^((0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))?" + END
DAYS_MAX = 3650
COUNT_MAX = 10**9
POINTS_MAX = 10**12

Schema = dict[str, Any]


def longest(model: type[Model], column: str) -> int:
    """How many characters a column takes."""
    field: Any = model._meta.get_field(column)
    return int(field.max_length)


def code(model: type[Model], column: str = "code") -> Schema:
    """A code, as a column takes it."""
    return {
        "description": f"a code of at most {longest(model, column)} letters, digits, hyphens and underscores",
        "type": "string",
        "maxLength": longest(model, column),
        "pattern": r"^[-a-zA-Z0-9_]+" + END,
    }


def words(model: type[Model], column: str = "name") -> Schema:
    """Text on one line, as a column takes it."""
    return {
        "description": "text on one line",
        "type": "string",
        "minLength": 1,
        "maxLength": longest(model, column),
        "pattern": PRINTABLE,
    }


def prose() -> Schema:
    """Text of any lines."""
    return {"description": "text", "type": "string", "maxLength": 2000, "pattern": r"^[^\x00\ud800-\udfff]*$"}


def amount() -> Schema:
    """An amount of money."""
    return {
        "description": "an amount of money in units of the currency, such as 25 or 25.00",
        "type": ["number", "string"],
        "minimum": 0,
        "pattern": AMOUNT_PATTERN,
    }


def mapping(properties: Schema, *, optional: tuple[str, ...] = ()) -> Schema:
    """A mapping with these keys, and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key for key in properties if key not in optional],
        "properties": properties,
    }


def choice(choices: type[TextChoices]) -> Schema:
    """One of these words."""
    return {
        "description": "; ".join(f"{value}: {label.lower()}" for value, label in choices.choices),
        "enum": choices.values,
    }


def days(description: str) -> Schema:
    """A number of days."""
    return {"description": description, "type": "integer", "minimum": 0, "maximum": DAYS_MAX}


def list_of(item: Schema, count_max: int, description: str) -> Schema:
    """A list of at most so many."""
    return {"description": description, "type": "array", "maxItems": count_max, "items": item}
