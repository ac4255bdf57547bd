"""The difference between the programme in the database and the one that is wanted; and its words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from rewards.services.programmes.full_form import KEYS, Programme

SECTIONS = {
    "merchant": "merchant",
    "referrals": "referrals",
    "wallet": "wallet",
    "destinations": "destination",
    "messages": "message",
    "checkout": "checkout",
    "tiers": "tier",
    "partners": "partner",
    "reward_types": "reward type",
    "reward_options": "reward option",
    "segments": "segment",
    "badges": "badge",
    "campaigns": "campaign",
    "policies": "policy",
    "experiments": "experiment",
}
"""The sections of a programme, in the order in which they are applied, and what one item of each is called."""

Place = tuple[str, ...]
_ABSENT = object()


class Action(Enum):
    """What happens to an item; the value is the sign that it has in a plan."""

    CREATE = "+"
    CHANGE = "~"
    RETIRE = "-"


_PAST = {Action.CREATE: "created", Action.CHANGE: "changed", Action.RETIRE: "retired"}
_RETIREMENT = {
    "destinations": "is closed",
    "messages": "is deleted; the usual words are said",
    "tiers": "is deleted; nobody is in it",
    "partners": "becomes inactive",
    "reward_types": "becomes inactive",
    "reward_options": "becomes inactive",
    "segments": "becomes inactive",
    "badges": "becomes inactive",
    "campaigns": "becomes inactive",
    "policies": "is retired",
    "experiments": "is deleted; it has not begun",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that differs: its place within the item, and its text before and after."""

    place: Place
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to one item of a programme; `code` is empty for the merchant, referrals and wallet."""

    section: str
    code: str
    action: Action
    differences: tuple[Difference, ...] = ()

    def concerns(self, key: str) -> bool:
        """Whether something under this key of the item differs."""
        return any(difference.place[0] == key for difference in self.differences)


@dataclass(frozen=True, slots=True)
class Plan:
    """All that applying a programme would do, and why it may not be done.

    `refusals` are sentences; a plan that has any is not applied.
    """

    slug: str
    changes: tuple[Change, ...]
    refusals: tuple[str, ...] = ()

    def of(self, section: str) -> dict[str, Change]:
        """The changes of a section, by code."""
        return {change.code: change for change in self.changes if change.section == section}

    def retired(self, section: str) -> list[str]:
        """The codes of the items of a section that go."""
        return [code for code, change in self.of(section).items() if change.action is Action.RETIRE]

    def __str__(self) -> str:
        if not self.changes:
            return f"{self.slug}: No changes."
        counts = {action: sum(change.action is action for change in self.changes) for action in Action}
        summary = ", ".join(f"{count} {_PAST[action]}" for action, count in counts.items() if count)
        return "\n".join([f"{self.slug}: {summary}", *(line for change in self.changes for line in _lines(change))])


def compare(stored: Programme | None, wanted: Programme) -> tuple[Change, ...]:
    """What turns the stored programme (None: there is no such merchant yet) into the wanted one.

    A section that the wanted one leaves open (None) stays as it is.
    """
    return tuple(
        change
        for section in SECTIONS
        if wanted[section] is not None
        for change in _changes(section, _items(stored, section), _items(wanted, section))
    )


def _items(programme: Programme | None, section: str) -> dict[str, dict[str, Any]]:
    found = programme[section] if programme else None
    if found is None:
        return {}
    if section == "tiers":  # The position of a tier means something: it is its rank.
        return {item["code"]: {**item, "rank": rank} for rank, item in enumerate(found)}
    key = KEYS.get(section, "code")
    return {item[key]: item for item in found} if isinstance(found, list) else {"": found}


def _changes(section: str, stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[Change]:
    for code, item in wanted.items():
        if code not in stored:
            yield Change(section, code, Action.CREATE)
        elif differences := tuple(_differences(stored[code], item)):
            yield Change(section, code, Action.CHANGE, differences)
    for code, item in stored.items():
        if code not in wanted and item.get("is_active", True) and item.get("is_open", True):
            yield Change(section, code, Action.RETIRE)


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = dict(_leaves(before)), dict(_leaves(after))
    for place in [*old, *(place for place in new if place not in old)]:
        was, becomes = old.get(place, _ABSENT), new.get(place, _ABSENT)
        if not _same(was, becomes):
            yield Difference(place, _text(was), _text(becomes))


def _leaves(value: Any, place: Place = ()) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, Mapping) and value:
        for key, inner in value.items():
            yield from _leaves(inner, (*place, key))
    else:
        yield place, value


def _same(before: Any, after: Any) -> bool:
    # To Python, true equals 1, and 500.00 dollars equal 500 yen.
    if isinstance(before, bool | Decimal) or isinstance(after, bool | Decimal):
        return type(before) is type(after) and str(before) == str(after)
    return bool(before == after)


def _text(value: Any) -> str:
    if value is _ABSENT:
        return "(nothing)"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def _lines(change: Change) -> Iterator[str]:
    subject = f"  {change.action.value} {SECTIONS[change.section]} {change.code}".rstrip()
    if change.action is Action.RETIRE:
        yield f"{subject}: {_RETIREMENT[change.section]}"
        return
    is_version = change.section == "policies" and change.concerns("definition")
    yield f"{subject}: a new version" if is_version else subject
    for difference in change.differences:
        yield f"      {'.'.join(difference.place)}: {difference.before} → {difference.after}"
