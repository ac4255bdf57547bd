"""The terms of a reward option as a programme writes them: what they may be, their full form, and their columns."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from rewards.engine.problems import Problem
from rewards.models.catalog import Period, RewardOption
from rewards.services.programmes.amounts import major_units, minor_units

_NUMBER_MAX = 10**9
_DAYS_MAX = 3650
_MONEY = ("minimum_order", "partner_price")
_MOMENTS = ("starts_at", "ends_at")


_AMOUNT = {"type": ["number", "string"], "minimum": 0, "pattern": r"^[0-9]{1,13}(\.[0-9]{1,4})?$(?!\n)"}


def _count(description: str, least: int = 1, most: int = _NUMBER_MAX) -> dict[str, Any]:
    return {"description": description, "type": ["integer", "null"], "minimum": least, "maximum": most}


def _yes_or_no(description: str) -> dict[str, Any]:
    return {"description": description, "type": "boolean"}


def _text(description: str, length_max: int, pattern: str) -> dict[str, Any]:
    return {"description": description, "type": "string", "maxLength": length_max, "pattern": pattern + r"$(?!\n)"}


def _moment(description: str) -> dict[str, Any]:
    return {"description": description, "type": ["string", "null"], "maxLength": 40}


SCHEMA: dict[str, Any] = {
    "stock_quantity": _count("how many there were in all, sold ones included; null: no end of them", least=0),
    "needs_coupon": _yes_or_no("each is a code, taken from the pool of codes that was imported for it"),
    "partner": {"description": "the code of the partner who supplies it; null: nobody", "type": ["string", "null"]},
    "partner_price": {**_AMOUNT, "description": "what the partner asks for each, in units of the currency"},
    "per_customer_max": _count("how many one customer can redeem in the period; null: no limit"),
    "per_customer_period": {"description": "in which the limit counts", "enum": Period.values},
    "min_tier": _text("the code of the lowest tier that may have it, or empty", 30, r"^[-a-zA-Z0-9_]*"),
    "starts_at": _moment("from when it can be had, such as 2026-12-01T00:00:00-05:00; null: it can"),
    "ends_at": _moment("the first moment at which it can no longer be had; null: there is none"),
    "minimum_order": {**_AMOUNT, "description": "what an order must reach before it, in units of the currency"},
    "valid_days": _count("days from issue until it can no longer be used; null: for ever", most=_DAYS_MAX),
    "needs_approval": _yes_or_no("staff approve each redemption"),
    "needs_technician": _yes_or_no("a technician delivers it"),
    "shipping_required": _yes_or_no("it is sent to an address"),
    "by_appointment": _yes_or_no("it happens at a time that is agreed upon"),
    "fulfilment_hours": _count("within how many hours it is delivered; null: not promised", most=24 * _DAYS_MAX),
    "picture_url": _text("https address of a picture, or empty", 500, r"^(https://[!-~]+)?"),
    "picture_alt": _text("what the picture shows", 200, r"^[^\x00-\x1f\x7f\ud800-\udfff]*"),
}
"""Each term and what it may be; whatever is left out is as a new option is."""


def full_terms(item: dict[str, Any], currency: str) -> dict[str, Any]:
    """All terms of an option that has been checked, those included that it leaves out."""
    usual = RewardOption()
    terms = {name: item.get(name, getattr(usual, name)) for name in SCHEMA}
    for name in _MONEY:
        terms[name] = major_units(minor_units(terms[name], currency) or 0, currency)
    for name in _MOMENTS:
        terms[name] = _in_utc(terms[name])
    return {**terms, "per_customer_period": str(terms["per_customer_period"])}


def stored_terms(option: RewardOption, currency: str) -> dict[str, Any]:
    """The terms of an option in the database, in the same form."""
    terms = {name: getattr(option, name) for name in SCHEMA}
    terms["partner"] = option.partner.code if option.partner else None
    moments = {name: terms[name] and terms[name].astimezone(UTC).isoformat() for name in _MOMENTS}
    return {**terms, **moments, **{name: major_units(terms[name], currency) for name in _MONEY}}


def columns_of_terms(terms: dict[str, Any], currency: str) -> dict[str, Any]:
    """What an option's columns hold by these terms."""
    moments = {name: terms[name] and datetime.fromisoformat(terms[name]) for name in _MOMENTS}
    amounts = {name: minor_units(terms[name], currency) for name in _MONEY}
    return {**{name: terms[name] for name in SCHEMA if name != "partner"}, **moments, **amounts}


def wrong_terms(written: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong with the terms of a programme's options, beyond their form."""
    tiers = {tier["code"] for tier in written["tiers"]}
    partners = {partner["code"] for partner in written.get("partners", ())}
    for index, option in enumerate(written["reward_options"]):
        place = f"/reward_options/{index}"
        for name in _MONEY:
            if minor_units(option.get(name, 0), written["merchant"]["currency"]) is None:
                yield Problem(f"{place}/{name}", "out_of_range", "the currency has no such amount, or it is too large")
        if option.get("min_tier") and option["min_tier"] not in tiers:
            yield Problem(f"{place}/min_tier", "unknown", f"there is no tier {option['min_tier']} in this programme")
        if option.get("partner") and option["partner"] not in partners:
            yield Problem(f"{place}/partner", "unknown", f"there is no partner {option['partner']} in this programme")
        if option.get("partner_price") and not option.get("partner"):
            yield Problem(f"{place}/partner_price", "not_allowed", "has no meaning without partner")
        if option.get("per_customer_period", Period.EVER) != Period.EVER and not option.get("per_customer_max"):
            yield Problem(f"{place}/per_customer_period", "not_allowed", "has no meaning without per_customer_max")
        if bool(option.get("picture_url")) != bool(option.get("picture_alt")):
            yield Problem(f"{place}/picture_alt", "required", "a picture and the words for it belong together")
        yield from _wrong_window(option, place)


def _wrong_window(option: dict[str, Any], place: str) -> Iterator[Problem]:
    moments = {}
    for name in _MOMENTS:
        try:
            moments[name] = _in_utc(option.get(name))
        except ValueError:
            yield Problem(f"{place}/{name}", "wrong_form", "must be a moment such as 2026-12-01T00:00:00-05:00")
    start, end = moments.get("starts_at"), moments.get("ends_at")
    if start and end and datetime.fromisoformat(start) >= datetime.fromisoformat(end):
        yield Problem(f"{place}/ends_at", "out_of_range", "must be later than starts_at")


def _in_utc(written: str | None) -> str | None:
    """The moment as text in UTC.

    :raises ValueError: if it is none, or does not say its offset.
    """
    if written is None:
        return None
    moment = datetime.fromisoformat(written)
    if moment.tzinfo is None or not 1990 <= moment.year <= 2100:
        raise ValueError(written)
    return moment.astimezone(UTC).isoformat()
