"""What caused a movement of points, in a sentence: one table, and nothing of it is stored.

Customers read them. A friend is never named, nor anything that they bought.
"""

from collections.abc import Mapping
from typing import Any

# The key of a sentence is an entry's reason; then whom the policy benefited, if a policy gave; then `milestone`, or
# whether points came (`in`) or went (`out`). The most particular one that there is, and can be filled in, is taken.
SENTENCES: dict[str, str] = {
    "purchase.completed:buyer": "You received {points} points for order {order}: {policy}.",
    "purchase.completed:buyer:milestone": "You received {points} points for reaching number {milestone}: {policy}.",
    "purchase.completed:referee": "You received {points} points for order {order}: {policy}.",
    "purchase.completed:referee:milestone": "You received {points} points for reaching number {milestone}: {policy}.",
    "purchase.completed:referrer": "You received {points} points for a friend's order: {policy}.",
    "purchase.completed:referrer:milestone": (
        "You received {points} points because a friend's order reached number {milestone}: {policy}."
    ),
    "referral.joined:referrer": "You received {points} points because a friend joined: {policy}.",
    "referral.joined:referee": "You received {points} points for joining through a friend: {policy}.",
    "referral.qualified:referrer": "You received {points} points for a friend's first order: {policy}.",
    "referral.qualified:referee": "You received {points} points for your first order through a friend: {policy}.",
    "activity.recorded:customer": "You received {points} points: {policy}.",
    "activity.recorded:referrer": "You received {points} points for something that a friend did: {policy}.",
    "activity.recorded:referee": "You received {points} points: {policy}.",
    "tier.changed:customer": "You received {points} points for rising to a higher tier: {policy}.",
    "campaign.completed:customer": "You received {points} points for reaching a goal: {policy}.",
    "schedule.due:customer": "You received {points} points, as on each such day: {policy}.",
    "purchase.refunded:buyer": "{points} points were taken back, because order {order} was refunded.",
    "purchase.refunded:referee": "{points} points were taken back, because order {order} was refunded.",
    "purchase.refunded:referrer": "{points} points were taken back, because a friend's order was refunded.",
    "purchase.refunded:customer": "{points} points were taken back, because an order was refunded.",
    "payment.voided:buyer": "{points} points were taken back, because order {order} was not paid.",
    "payment.voided:referee": "{points} points were taken back, because order {order} was not paid.",
    "payment.voided:referrer": "{points} points were taken back, because a friend's order was not paid.",
    "referral.rejected": "{points} points were taken back, because the referral could not be accepted.",
    "referral.released": "{points} points came back to you, because the referral was accepted after all.",
    "payment.voided:customer": "{points} points were taken back, because an order was not paid.",
    "direct.awarded": "You received {points} points for {reference}.",
    "direct.redeemed": "You paid {points} points for {reference}.",
    "reward.redeemed": "You redeemed {points} points for {reference}.",
    "hold.captured": "You paid {points} points for {reference}.",
    "session.completed": "You paid {points} points for order {reference}.",
    "session.refunded": "{points} points came back to you, because order {reference} was refunded.",
    "account_closed": "The account was closed, and its last {points} points were forfeited.",
    "transferred:in": "You received {points} points as a gift.",
    "transferred:out": "You gave {points} points away.",
    "merged:in": "{points} points came from another account of yours.",
    "merged:out": "{points} points went to another account of yours.",
}
# For whatever has no sentence of its own: by the kind of the entry.
BY_KIND: dict[str, str] = {
    "earned:in": "You received {points} points.",
    "redeemed:out": "You paid {points} points.",
    "restored:in": "{points} points came back to you, because what they had paid for was undone.",
    "expired:out": "{points} points lapsed.",
    "reversed:out": "{points} points were taken back.",
    "adjusted:in": "A correction: {points} points were added.",
    "adjusted:out": "A correction: {points} points were taken away.",
    "transferred:in": SENTENCES["transferred:in"],
    "transferred:out": SENTENCES["transferred:out"],
}


def sentence_of(*, reason: str, kind: str, points: int, known: Mapping[str, Any]) -> str:
    """The sentence for a movement.

    :param points: signed.
    :param known: what the sentence may speak of: `as`, `milestone`, `policy`, `order`, `reference`.
    """
    way = "in" if points > 0 else "out"
    particular = ":".join(part for part in (reason, known.get("as")) if part)
    told = {**{name: value for name, value in known.items() if value}, "points": abs(points)}
    keys = [f"{particular}:milestone"] if "milestone" in told else []
    for key in (*keys, particular, f"{reason}:{way}"):
        if key in SENTENCES and (sentence := _filled_in(SENTENCES[key], told)):
            return sentence
    return BY_KIND[f"{kind}:{way}"].format(**told)


def _filled_in(sentence: str, told: Mapping[str, Any]) -> str:
    """The sentence with what is known, or nothing if it speaks of something that is not."""
    try:
        return sentence.format(**told)
    except KeyError:
        return ""
