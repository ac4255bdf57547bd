"""What every format of a file is read into."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """One purchase of a file, not yet checked.

    :param line: where it stands, counted from 1.
    :param raw: a purchase event as the API takes it.
    :param problem: why nothing could be read; then `raw` is empty.
    :param referred_by: the merchant's id of the customer whose referral code the purchase brings, instead of a code.
    """

    line: int
    raw: dict[str, Any] = field(default_factory=dict)
    problem: str = ""
    referred_by: str = ""
