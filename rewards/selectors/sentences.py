"""What caused a movement of points, and what was decided, in sentences; nothing of them is stored.

Customers read them. A friend is never named, nor anything that they bought.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from config.lib.numbers import written
from rewards.engine.decision import SENTENCES as OF_DECISIONS

# The key of a sentence is an entry's reason; then whom the policy benefited, if a policy gave; then `milestone`, or
# whether points came (`in`) or went (`out`). The most particular one that there is, and can be filled in, is taken.
SENTENCES: dict[str, str] = {
    "purchase.completed:buyer": _("You received {points} points for order {order}: {policy}."),
    "purchase.completed:buyer:milestone": _("You received {points} points for reaching number {milestone}: {policy}."),
    "purchase.completed:referee": _("You received {points} points for order {order}: {policy}."),
    "purchase.completed:referee:milestone": _(
        "You received {points} points for reaching number {milestone}: {policy}."
    ),
    "purchase.completed:referrer": _("You received {points} points for a friend's order: {policy}."),
    "purchase.completed:referrer:milestone": _(
        "You received {points} points because a friend's order reached number {milestone}: {policy}."
    ),
    "referral.joined:referrer": _("You received {points} points because a friend joined: {policy}."),
    "referral.joined:referee": _("You received {points} points for joining through a friend: {policy}."),
    "referral.qualified:referrer": _("You received {points} points for a friend's first order: {policy}."),
    "referral.qualified:referee": _("You received {points} points for your first order through a friend: {policy}."),
    "activity.recorded:customer": _("You received {points} points: {policy}."),
    "activity.recorded:referrer": _("You received {points} points for something that a friend did: {policy}."),
    "activity.recorded:referee": _("You received {points} points: {policy}."),
    "tier.changed:customer": _("You received {points} points for rising to a higher tier: {policy}."),
    "campaign.completed:customer": _("You received {points} points for reaching a goal: {policy}."),
    "schedule.due:customer": _("You received {points} points, as on each such day: {policy}."),
    "purchase.refunded:buyer": _("{points} points were taken back, because order {order} was refunded."),
    "purchase.refunded:referee": _("{points} points were taken back, because order {order} was refunded."),
    "purchase.refunded:referrer": _("{points} points were taken back, because a friend's order was refunded."),
    "purchase.refunded:customer": _("{points} points were taken back, because an order was refunded."),
    "payment.voided:buyer": _("{points} points were taken back, because order {order} was not paid."),
    "payment.voided:referee": _("{points} points were taken back, because order {order} was not paid."),
    "payment.voided:referrer": _("{points} points were taken back, because a friend's order was not paid."),
    "referral.rejected": _("{points} points were taken back, because the referral could not be accepted."),
    "referral.released": _("{points} points came back to you, because the referral was accepted after all."),
    "payment.voided:customer": _("{points} points were taken back, because an order was not paid."),
    "direct.awarded": _("You received {points} points for {reference}."),
    "direct.redeemed": _("You paid {points} points for {reference}."),
    "reward.redeemed": _("You redeemed {points} points for {reference}."),
    "hold.captured": _("You paid {points} points for {reference}."),
    "session.completed": _("You paid {points} points for order {reference}."),
    "session.refunded": _("{points} points came back to you, because order {reference} was refunded."),
    "account_closed": _("The account was closed, and its last {points} points were forfeited."),
    "transferred:in": _("You received {points} points as a gift."),
    "transferred:out": _("You gave {points} points away."),
    "merged:in": _("{points} points came from another account of yours."),
    "merged:out": _("{points} points went to another account of yours."),
}
# For whatever has no sentence of its own: by the kind of the entry.
BY_KIND: dict[str, str] = {
    "earned:in": _("You received {points} points."),
    "redeemed:out": _("You paid {points} points."),
    "restored:in": _("{points} points came back to you, because what they had paid for was undone."),
    "expired:out": _("{points} points lapsed."),
    "reversed:out": _("{points} points were taken back."),
    "adjusted:in": _("A correction: {points} points were added."),
    "adjusted:out": _("A correction: {points} points were taken away."),
    "transferred:in": SENTENCES["transferred:in"],
    "transferred:out": SENTENCES["transferred:out"],
}


def sentence_of(*, reason: str, kind: str, points: int, known: Mapping[str, Any]) -> str:
    """The sentence for a movement, in the reader's language.

    :param points: signed.
    :param known: what the sentence may speak of: `as`, `milestone`, `policy`, `order`, `reference`.
    """
    way = "in" if points > 0 else "out"
    particular = ":".join(part for part in (reason, known.get("as")) if part)
    told = {**{name: value for name, value in known.items() if value}, "points": abs(points)}
    keys = [f"{particular}:milestone"] if "milestone" in told else []
    for key in (*keys, particular, f"{reason}:{way}"):
        if key in SENTENCES:
            with suppress(KeyError):  # It speaks of something that is not known.
                return _in_words(SENTENCES[key], told)
    return _in_words(BY_KIND[f"{kind}:{way}"], told)


def decision_in_words(code: str, arguments: Mapping[str, Any] | None = None) -> str:
    """The sentence for an award or a refusal, in the reader's language.

    :param code: as the engine gave it.
    """
    return _in_words(OF_DECISIONS[code], arguments or {})


def _in_words(sentence: str, told: Mapping[str, Any]) -> str:
    return gettext(sentence).format_map({name: written(it) if isinstance(it, int) else it for name, it in told.items()})
