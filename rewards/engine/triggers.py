"""The table of triggers: what can set a policy off, whom it may benefit, and what it knows.

A new kind of trigger is a new row here. If its conditions need new names, they are rows in vocabulary.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rewards.engine.expressions.checker import Name
from rewards.engine.marking import _
from rewards.engine.vocabulary import ACTIVITY_NAMES, CUSTOMER_NAMES, PURCHASE_NAMES, REFERRER_NAMES, TIER_NAMES

BUYER = "buyer"
CAMPAIGN_COMPLETED = "campaign.completed"
CUSTOMER = "customer"
KIND_PATTERN = "[a-z][a-z0-9_]*"
KIND_LENGTH_MAX = 40
REFERRER = "referrer"
REFEREE = "referee"
SCHEDULE_DUE = "schedule.due"


@dataclass(frozen=True, slots=True)
class Trigger:
    """One row: `beneficiaries` that make sense, and what there is: a purchase, an activity, a tier, a day.

    `has_milestones` says whether counters move, `has_days` whether a policy says on which days it is due.
    """

    name: str
    label: str
    beneficiaries: tuple[str, ...]
    has_purchase: bool
    has_milestones: bool
    has_activity: bool = False
    has_tier: bool = False
    has_days: bool = False

    def vocabulary(self, beneficiary: str) -> Mapping[str, Name]:
        """Return the names that the condition of a policy with this beneficiary may use.

        The referrer is known wherever the referrer or the friend benefits, because such a policy is refused
        before its condition is asked when nobody referred the buyer. A policy for anybody else may not ask.
        """
        return {
            **CUSTOMER_NAMES,
            **(PURCHASE_NAMES if self.has_purchase else {}),
            **(ACTIVITY_NAMES if self.has_activity else {}),
            **(TIER_NAMES if self.has_tier else {}),
            **(REFERRER_NAMES if beneficiary in {REFERRER, REFEREE} else {}),
        }


_ROWS = (
    Trigger(
        name="purchase.completed",
        label=_("A purchase is completed"),
        beneficiaries=(BUYER, REFERRER, REFEREE),
        has_purchase=True,
        has_milestones=True,
    ),
    Trigger(
        name="referral.joined",
        label=_("A friend joins through a referral"),
        beneficiaries=(REFERRER, REFEREE),
        has_purchase=False,
        has_milestones=False,
    ),
    Trigger(
        name="referral.qualified",
        label=_("A friend's first purchase makes the referral count"),
        beneficiaries=(REFERRER, REFEREE),
        has_purchase=True,
        has_milestones=False,
    ),
    Trigger(
        name="activity.recorded",
        label=_("A customer does something else, such as a review, or has a birthday"),
        beneficiaries=(CUSTOMER, REFERRER, REFEREE),
        has_purchase=False,
        has_milestones=False,
        has_activity=True,
    ),
    Trigger(
        name="tier.changed",
        label=_("A customer reaches a higher tier"),
        beneficiaries=(CUSTOMER,),
        has_purchase=False,
        has_milestones=False,
        has_tier=True,
    ),
    Trigger(
        name=CAMPAIGN_COMPLETED,
        label=_("A customer reaches the goal of a campaign"),
        beneficiaries=(CUSTOMER,),
        has_purchase=False,
        has_milestones=False,
    ),
    Trigger(
        name=SCHEDULE_DUE,
        label=_("A day of the calendar comes, such as the first of the month"),
        beneficiaries=(CUSTOMER,),
        has_purchase=False,
        has_milestones=False,
        has_days=True,
    ),
)

TRIGGERS: dict[str, Trigger] = {row.name: row for row in _ROWS}
