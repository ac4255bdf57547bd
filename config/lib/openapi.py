"""Parts of the API document that are not a serializer: shapes of structures, and of problems."""

from http import HTTPStatus
from typing import Any

import msgspec
from drf_spectacular.utils import OpenApiResponse

from config.lib.problems import CONTENT_TYPE

TEXT = {"type": "string"}
NUMBER = {"type": "integer"}


def object_of(**properties: Any) -> dict[str, Any]:
    """The schema of an object that has all of these properties."""
    return {"type": "object", "required": list(properties), "properties": properties}


MISTAKE = object_of(pointer=TEXT, code=TEXT, detail=TEXT)
MISTAKE["properties"]["offset"] = {**NUMBER, "description": "Characters before the place, within a text."}
PROBLEM = object_of(
    type={"type": "string", "format": "uri"}, title=TEXT, status=NUMBER, detail=TEXT, code=TEXT, request_id=TEXT
)
PROBLEM["properties"]["errors"] = {"type": "array", "items": MISTAKE, "description": "Each mistake in the body."}

PROBLEM_REFERENCE = {"$ref": "#/components/schemas/Problem"}
ANYWHERE = (401, 403, 406, 500, 503)
WITH_A_BODY = (400, 411, 413, 415)
"""The statuses of problems that every operation may answer with, and every one that reads a body."""


def add_problem(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Add to the document what its operations refer to: the shape of every problem."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    return result


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


def problems(*statuses: int) -> dict[tuple[int, str], OpenApiResponse]:
    """The problem documents that an operation may answer with, beside those that every one may."""
    return {
        (status, CONTENT_TYPE): OpenApiResponse(PROBLEM_REFERENCE, description=HTTPStatus(status).phrase)
        for status in sorted({*ANYWHERE, *statuses})
    }
