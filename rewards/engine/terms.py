"""On which terms points are given: when they can be spent, and when they lapse."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rewards.engine.reading import Node

PENDING_DAYS_MAX = 1_000
EXPIRY_MONTHS_MAX = 1_200
NEVER = "never"
EMAIL_VERIFIED = "email_verified"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy says of its points in the place of the wallet; None and empty: as the wallet says.

    The points can be spent `pending_days` after they were earned, and lapse `expiry_months` calendar months after, or
    not at all if `expires` is "never". With `pending_until` "email_verified" they wait besides until the e-mail of the
    person whom the trigger is about is verified: for a referral the friend's.
    """

    pending_days: int | None = None
    expiry_months: int | None = None
    expires: str = ""
    pending_until: str = ""

    def to_json(self) -> dict[str, int | str]:
        """Return what is said, without what goes without saying."""
        said = {key: getattr(self, key) for key in KEYS}
        return {key: value for key, value in said.items() if value not in {None, ""}}


KEYS = ("pending_days", "expiry_months", "expires", "pending_until")
AS_THE_WALLET_SAYS = Terms()


def read_terms(fields: Mapping[str, Node]) -> Terms:
    """Read the terms among the fields of a points effect; the problems are noted on their nodes."""
    if "expires" in fields and "expiry_months" in fields:
        fields["expires"].problem("not_allowed", "points expire after months or never, not both")
    if not fields.keys() & set(KEYS):
        return AS_THE_WALLET_SAYS
    return Terms(
        pending_days=fields["pending_days"].integer(0, PENDING_DAYS_MAX) if "pending_days" in fields else None,
        expiry_months=fields["expiry_months"].integer(1, EXPIRY_MONTHS_MAX) if "expiry_months" in fields else None,
        expires=fields["expires"].choice((NEVER,)) if "expires" in fields else "",
        pending_until=fields["pending_until"].choice((EMAIL_VERIFIED,)) if "pending_until" in fields else "",
    )


SCHEMA: Mapping[str, Any] = {
    "pending_days": {
        "description": "Days from earning until the points can be spent; if not given, as the wallet says.",
        "type": "integer",
        "minimum": 0,
        "maximum": PENDING_DAYS_MAX,
    },
    "expiry_months": {
        "description": "Calendar months from earning until the points lapse; if not given, as the wallet says.",
        "type": "integer",
        "minimum": 1,
        "maximum": EXPIRY_MONTHS_MAX,
    },
    "pending_until": {
        "description": "What must happen before the points can be spent: the e-mail of the customer, of a referral the"
        " friend's, is verified.",
        "enum": [EMAIL_VERIFIED],
    },
    "expires": {"description": "The points never lapse.", "enum": [NEVER]},
}
