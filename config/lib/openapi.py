"""Parts of the API document that are not a serializer: shapes of structures, and of problems."""

from typing import Any

import msgspec

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def object_of(**properties: Any) -> dict[str, Any]:
    """The schema of an object that has all of these properties."""
    return {"type": "object", "required": list(properties), "properties": properties}


PROBLEM = object_of(type=TEXT, title=TEXT, status=NUMBER, detail=TEXT, code=TEXT, request_id=TEXT)


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with its references resolved, for a document that has other roots."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inlined(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
        return {key: _inlined(value, definitions) for key, value in schema.items()}
    return [_inlined(item, definitions) for item in schema] if isinstance(schema, list) else schema


def shape_of(structure: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of a structure, complete in itself."""
    (schema,), definitions = msgspec.json.schema_components([structure])
    inlined: dict[str, Any] = _inlined(schema, definitions)
    return inlined


def problems(*statuses: int) -> dict[tuple[int, str], dict[str, Any]]:
    """The problem documents that an operation may answer with."""
    return {(status, "application/problem+json"): PROBLEM for status in (401, 403, *statuses)}
