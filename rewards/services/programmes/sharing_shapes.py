"""What destinations and messages may look like in a programme, as JSON Schemas."""

from typing import Any

from django.db.models import Model

from referrals.models.destinations import Destination, DestinationKind
from referrals.models.messages import PLACEHOLDERS, TEXT_PATTERN, WITH_WORDS, ShareMessage

_END = r"$(?!\n)"
_FILLED_IN = "text in which braces are for " + ", ".join(f"{{{name}}}" for name in PLACEHOLDERS) + " only"


def _text(model: type[Model], column: str, description: str = "text", pattern: str = r"^[^\x00]*$") -> dict[str, Any]:
    field: Any = model._meta.get_field(column)
    return {"description": description, "type": "string", "maxLength": field.max_length, "pattern": pattern}


DESTINATION_SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["slug", "kind", "title", "url"],
    "properties": {
        "slug": _text(Destination, "slug", "as it stands in links, which never changes", r"^[-a-zA-Z0-9_]+" + _END),
        "kind": {"description": "what it is", "enum": DestinationKind.values},
        "title": _text(Destination, "title", "text on one line", r"^[^\x00-\x1f\x7f]+" + _END),
        "description": _text(Destination, "description"),
        "picture_url": _text(
            Destination, "picture_url", "an address that begins with https://, or empty", r"^(https://\S+)?" + _END
        ),
        "url": _text(
            Destination, "url", "begins with https:// and names no user", r"^https://[^/?#\s@]+([/?#]\S*)?" + _END
        ),
        "is_open": {"description": "whether links lead there", "type": "boolean"},
    },
}
MESSAGE_SHAPE: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["channel", "text"],
    "properties": {
        "channel": {"description": "a way to share that takes words", "enum": [each.value for each in WITH_WORDS]},
        "subject": _text(ShareMessage, "subject", _FILLED_IN, f"{TEXT_PATTERN}|^$"),
        "text": _text(ShareMessage, "text", _FILLED_IN, TEXT_PATTERN),
    },
}
