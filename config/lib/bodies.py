"""Reading bodies: shapes with their limits, and one way of refusing what does not fit."""

import re
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from config.lib.errors import Invalid

MONEY_MAX = 10**12

# Identifiers are printable and have no space at either end; texts have no control characters.
Identifier = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"^[^\s\x00-\x1f\x7f](.*[^\s\x00-\x1f\x7f])?$")]
Text = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Category = Annotated[str, Meta(max_length=50, pattern=r"^[^\x00-\x1f\x7f]*$")]
Email = Annotated[str, Meta(max_length=254, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+\.[^@\s\x00-\x1f]+$")]
PersonName = Annotated[str, Meta(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
Code = Annotated[str, Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
Money = Annotated[int, Meta(ge=0, le=MONEY_MAX, description="Minor units of the merchant's currency.")]
Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339, with an offset; 1990 to 2100.")]

Shape = TypeVar("Shape", bound=msgspec.Struct)

_PATH = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+|\.\.\.)\]")


def read_struct(raw: Any, shape: type[Shape]) -> Shape:
    """Read parsed JSON into a shape.

    :raises Invalid: naming the place, as a JSON pointer, and the mistake.
    """
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        sentence, _, path = str(error).partition(" - at `")
        pointer = "".join(f"/{name or index}" for name, index in _PATH.findall(path))
        mistake = {"pointer": pointer, "code": "invalid", "detail": sentence.replace("`", "") + "."}
        raise Invalid("The body has a mistake.", errors=[mistake]) from None
