"""What was decided, and why not: the answer of an evaluation, kept with every purchase.

A refund is worked out from the decision that was kept, never from today's policies.
"""

from collections.abc import Mapping
from fractions import Fraction
from operator import attrgetter
from typing import Any, TypeAlias

import msgspec

from rewards.engine.definition import REVOKE
from rewards.engine.marking import _
from rewards.engine.terms import AS_THE_WALLET_SAYS, Terms

Arguments: TypeAlias = Mapping[str, int | str]

# One sentence per refusal code and per kind of award. Customers read them; the placeholders are in `args`.
SENTENCES: dict[str, str] = {
    "points": _("You received {points} points."),
    "points_milestone": _("You received {points} points for reaching number {milestone}."),
    "points_campaign": _("You received {points} points, {extra} of them by the campaign {campaign}."),
    "grant": _("You received a reward: {quantity} × {option}."),
    "grant_milestone": _("You received a reward for reaching number {milestone}: {quantity} × {option}."),
    "tier_step": _("You rose to the tier {option}."),
    "tier_step_milestone": _("You rose to the tier {option} for reaching number {milestone}."),
    "badge": _("You were awarded the badge {option}."),
    "badge_milestone": _("You were awarded the badge {option} for reaching number {milestone}."),
    "event": _("This was passed on: {option}."),
    "event_milestone": _("This was passed on for reaching number {milestone}: {option}."),
    "not_scheduled": _("This reward was not available at that time."),
    "no_referrer": _("This reward goes with a referral, and there was none here."),
    "condition_not_met": _("The condition of this reward was not met."),
    "condition_error": _("The condition of this reward could not be worked out."),
    "milestone_not_reached": _("This reward comes at number {next}, which has not been reached yet."),
    "milestones_completed": _("Every milestone of this reward has been reached already."),
    "too_many_milestones": _("More milestones were reached at once than this reward gives for one purchase."),
    "outranked": _("Another reward was given instead of this one."),
    "nothing_to_give": _("This reward comes to less than one point here."),
    "limit_reached": _("This reward has already given as much as it can for now."),
    "another_variant": _("This reward is being tried, and you are among those who get something else meanwhile."),
    "held_out": _("This reward is being tried, and you are among those who do not get what is tried."),
    "campaign_not_running": _("The campaign of this reward was not running at that time."),
    "not_eligible": _("The campaign of this reward is for other customers."),
    "not_joined": _("This reward is for those who take part in its campaign."),
    "budget_exhausted": _("The campaign of this reward has given all that it had to give."),
    "campaign_limit_reached": _("You have received as much as one customer can by the campaign of this reward."),
    "highest_tier": _("You are in the highest tier already."),
    "has_badge": _("You have this badge already."),
    "unknown_code": _("This referral code is not known."),
    "own_code": _("This is your own referral code; it is for your friends."),
    "already_referred": _("You have already been referred by a friend."),
    "existing_customer": _("Referral codes are for new customers, and you are one already."),
    "mistyped_code": _("There is a slip in this referral code: please compare it with the one that you were given."),
    "code_retired": _("This referral code is no longer in use."),
    "not_started": _("This referral code cannot be used yet."),
    "ended": _("The time of this referral code is over."),
    "used_up": _("As many friends as could join by this referral code have joined."),
    "not_for_you": _("This referral code is for somebody else."),
    "not_accepted": _("This referral could not be accepted."),
}


class FromCampaign(msgspec.Struct, frozen=True, array_like=True):
    """How many points of an award come from a campaign: all, or by how many more its multiplier made them."""

    campaign_id: int
    code: str
    points: int
    round: str = ""


class Award(msgspec.Struct, frozen=True):
    """Points or a grant for one customer, from one policy, once.

    `shares` are the points of each line of the purchase, in its order: they add up to `points`, or are empty
    when no line earned them (there is no line, or all are free). `terms` say when the points can be spent and
    when they lapse. `multiplier` is the beneficiary's tier multiplier if the policy used it, else 1. With a
    `milestone`, `scope` and `measure` say what was counted and `subject_id` whose count it is: the friend's
    (per_friend) or the referrer's (across_friends). Policy, beneficiary, scope, subject and milestone together
    are never awarded twice. `campaigns` are those whose budgets it came out of, each with its part of the points.
    """

    policy_id: int
    version_id: int
    policy_code: str
    beneficiary: str
    customer_id: int
    kind: str = "points"
    points: int = 0
    option: str = ""
    quantity: int = 0
    milestone: int | None = None
    scope: str = ""
    measure: str = ""
    subject_id: int = 0
    shares: tuple[int, ...] = ()
    counts_for_tier: bool = True
    multiplier: Fraction = Fraction(1)
    on_refund: str = REVOKE
    terms: Terms = AS_THE_WALLET_SAYS
    campaigns: tuple[FromCampaign, ...] = ()

    @property
    def code(self) -> str:
        """The key of its sentence."""
        if self.milestone is not None:
            return f"{self.kind}_milestone"
        return "points_campaign" if self.campaigns else self.kind

    @property
    def args(self) -> Arguments:
        """What the placeholders of its sentence stand for."""
        known: dict[str, int | str] = {
            "points": self.points,
            "option": self.option,
            "quantity": self.quantity,
        }
        if self.campaigns:
            known["extra"] = sum(part.points for part in self.campaigns)
            known["campaign"] = ", ".join(part.code for part in self.campaigns)
        return known if self.milestone is None else {**known, "milestone": self.milestone}

    def to_json(self) -> dict[str, Any]:
        """Return a plain mapping without what goes without saying."""
        kept: dict[str, Any] = {
            "policy": self.policy_id,
            "version": self.version_id,
            "code": self.policy_code,
            "to": self.beneficiary,
            "customer": self.customer_id,
        }
        for (name, default), value in zip(_AWARD_DEFAULTS, _defaulted_values(self), strict=True):
            if value != default:
                kept[name] = value
        if self.shares:
            kept["shares"] = list(self.shares)
        if self.multiplier != 1:
            kept["multiplier"] = str(self.multiplier)
        if self.terms is not AS_THE_WALLET_SAYS:
            kept["terms"] = self.terms.to_json()
        if self.campaigns:
            kept["campaigns"] = [msgspec.to_builtins(part) for part in self.campaigns]
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Award":
        """Rebuild an award from what `to_json` returned."""
        return cls(
            policy_id=kept["policy"],
            version_id=kept["version"],
            policy_code=kept["code"],
            beneficiary=kept["to"],
            customer_id=kept["customer"],
            shares=tuple(kept.get("shares", ())),
            multiplier=Fraction(kept.get("multiplier", 1)),
            terms=Terms(**kept["terms"]) if "terms" in kept else AS_THE_WALLET_SAYS,
            campaigns=tuple(FromCampaign(*part) for part in kept.get("campaigns", ())),
            **{name: kept[name] for name, _ in _AWARD_DEFAULTS if name in kept},
        )


# The fields of an award that are kept as they are, unless they have these values.
_AWARD_DEFAULTS: tuple[tuple[str, object], ...] = (
    ("kind", "points"),
    ("points", 0),
    ("option", ""),
    ("quantity", 0),
    ("milestone", None),
    ("scope", ""),
    ("measure", ""),
    ("subject_id", 0),
    ("counts_for_tier", True),
    ("on_refund", REVOKE),
)
_defaulted_values = attrgetter(*(name for name, _ in _AWARD_DEFAULTS))


class Refusal(msgspec.Struct, frozen=True):
    """A policy that gave nothing, or less than it might have; `code` is a key of SENTENCES and says why."""

    policy_id: int
    version_id: int
    policy_code: str
    code: str
    args: Arguments = {}

    def to_json(self) -> list[Any]:
        """Return [version id, code], or [version id, code, args]."""
        return [self.version_id, self.code, dict(self.args)] if self.args else [self.version_id, self.code]


class Decision(msgspec.Struct, frozen=True):
    """The awards and the refusals of one evaluation, each in the order in which the policies were asked."""

    awards: tuple[Award, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the decision as plain dicts and lists, small: this is kept for every purchase."""
        kept: dict[str, Any] = {}
        if self.awards:
            kept["awards"] = [award.to_json() for award in self.awards]
        if self.refusals:
            kept["refusals"] = [refusal.to_json() for refusal in self.refusals]
        return kept

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], policies: Mapping[int, tuple[int, str]] | None = None) -> "Decision":
        """Rebuild a decision from what `to_json` returned.

        Refusals are kept with no more than the id of the policy version. `policies` names them: version id to
        (policy id, policy code). A refusal by a version that is not named there has policy 0 and no code.
        """
        named = policies or {}
        return cls(
            awards=tuple(Award.from_json(award) for award in kept.get("awards", ())),
            refusals=tuple(
                _refusal(named.get(version_id, (0, "")), version_id, *reason)
                for version_id, *reason in kept.get("refusals", ())
            ),
        )


def _refusal(
    policy: tuple[int, str], version_id: int, code: str, args: Mapping[str, int | str] | None = None
) -> Refusal:
    return Refusal(policy[0], version_id, policy[1], code, args or {})
