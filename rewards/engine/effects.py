"""The table of effects: what a policy can give.

A new kind of effect is a module in kinds/ and a row here: how it is read, what its parameters are (JSON
Schema), and how its worth is computed all come from that module.
"""

from rewards.engine.kinds.base import EffectKind
from rewards.engine.kinds.grants import GRANT
from rewards.engine.kinds.points import POINTS
from rewards.engine.kinds.steps import BADGES, EVENTS, TIER_STEPS

EFFECTS: dict[str, EffectKind] = {
    "points": POINTS,
    "grant": GRANT,
    "tier_step": TIER_STEPS,
    "badge": BADGES,
    "event": EVENTS,
}
