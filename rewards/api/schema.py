"""What the API document says of a customer's credits, which are a plain view and not found by it."""

from http import HTTPStatus
from typing import Any

from config.lib.openapi import PROBLEM_REFERENCE, TEXT
from config.lib.problems import CONTENT_TYPE
from rewards.api.shapes import CREDITS

PATH = "/api/v1/customers/{reference}/credits"


def add_credits(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Add the operation to the document."""
    result["paths"].setdefault(PATH, {})["get"] = _OPERATION
    return result


def _response(status: int, content_type: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": HTTPStatus(status).phrase, "content": {content_type: {"schema": schema}}}


_OPERATION = {
    "operationId": "read_credits",
    "description": "What a customer can spend, what is on its way, their tier with its benefits, and their grants.",
    "parameters": [{"in": "path", "name": "reference", "required": True, "schema": TEXT}],
    "tags": ["v1"],
    "security": [{"apiKey": []}],
    "responses": {
        "200": _response(200, "application/json", CREDITS),
        **{str(status): _response(status, CONTENT_TYPE, PROBLEM_REFERENCE) for status in (401, 403, 404, 500, 503)},
    },
}
