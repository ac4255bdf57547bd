"""Reading bodies: shapes with their limits, and one way of refusing what does not fit.

A body may have fields that no shape names; they are ignored.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from config.lib.errors import Invalid

MONEY_MAX = 10**12
AGE_MAX = 120
POINTS_MAX = 10_000_000
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

_CONTROL = r"\x00-\x1f\x7f-\x9f"
_END = r"$(?!\n)"  # To Python `$` is also the place before a last line break; to JSON Schema it is the end.
_PRINTABLE = rf"^[^{_CONTROL}]*{_END}"
_UNSPACED = rf"^[^\s{_CONTROL}]([^{_CONTROL}]*[^\s{_CONTROL}])?{_END}"
_ADDRESS = rf"^[^@\s{_CONTROL}]+@[^@\s{_CONTROL}]+\.[^@\s{_CONTROL}]+{_END}"

# Identifiers are printable and have no space at either end; texts have no control characters.
Identifier = Annotated[str, Meta(min_length=1, max_length=100, pattern=_UNSPACED)]
Reason = Annotated[str, Meta(min_length=1, max_length=500, pattern=_UNSPACED)]
Text = Annotated[str, Meta(max_length=200, pattern=_PRINTABLE)]
Category = Annotated[str, Meta(max_length=50, pattern=_PRINTABLE)]
Email = Annotated[str, Meta(max_length=254, pattern=_ADDRESS)]
Phone = Annotated[str, Meta(pattern=rf"^\+[1-9][0-9]{{6,14}}{_END}")]
Agent = Annotated[str, Meta(min_length=1, max_length=500, pattern=_PRINTABLE)]
PersonName = Annotated[str, Meta(max_length=100, pattern=_PRINTABLE)]
Code = Annotated[str, Meta(max_length=64, pattern=_PRINTABLE)]
Money = Annotated[int, Meta(ge=0, le=MONEY_MAX, description="Minor units of the merchant's currency.")]
Points = Annotated[int, Meta(ge=1, le=POINTS_MAX)]
Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339, with an offset; 1990 to 2100.")]

Shape = TypeVar("Shape", bound=msgspec.Struct)

_PATH = re.compile(r"\.([A-Za-z_]\w*)|\[(\d+|\.\.\.)\]")
_PLAINER = {
    "Expected str matching regex": "Has characters, or a form, that cannot be accepted here",
    "Invalid enum value": "Is none of the values that can be accepted here",
}
"""What is said instead of sentences that would quote our patterns, or at length what was sent."""


def read_struct(raw: Any, shape: type[Shape]) -> Shape:
    """Read parsed JSON into a shape.

    :raises Invalid: naming the place, as a JSON pointer, and the mistake.
    """
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        sentence, _, path = str(error).partition(" - at `")
        pointer = "".join(f"/{name or index}" for name, index in _PATH.findall(path))
        raise mistake("The body has a mistake.", pointer, "invalid", _plain(sentence.replace("`", ""))) from None


def mistake(detail: str, pointer: str, code: str, what: str) -> Invalid:
    """A refusal for one mistake.

    :param pointer: JSON pointer to its place.
    :param what: a sentence on what is wrong there, without its full stop.
    """
    return Invalid(detail, errors=[{"pointer": pointer, "code": code, "detail": f"{what}."}])


def check_moment(moment: datetime, pointer: str) -> None:
    """Refuse a moment that is out of range.

    :param pointer: JSON pointer to its place in the body.
    :raises Invalid: if it is before 1990 or after 2099.
    """
    if not EARLIEST <= moment < LATEST:
        raise mistake("The moment is out of range.", pointer, "out_of_range", "Must be from 1990 to 2099")


def check_birthday(birthday: date, now: datetime) -> None:
    """Refuse a birthday that nobody who is alive can have.

    :raises Invalid: if it is to come, anywhere on Earth, or more than 120 years ago.
    """
    today = (now + timedelta(days=1)).date()
    if not today.replace(year=today.year - AGE_MAX, day=1) <= birthday <= today:
        raise mistake("The birthday is out of range.", "/birthday", "out_of_range", f"Must be 0 to {AGE_MAX} years ago")


def _plain(sentence: str) -> str:
    return next((plain for start, plain in _PLAINER.items() if sentence.startswith(start)), sentence)
