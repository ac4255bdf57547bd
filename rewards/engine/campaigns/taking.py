"""Who takes part in which campaign, and what is left of it, while one evaluation is decided.

What does not fit into what is left of a budget, or of what one customer can get, is not given at all: nobody is
promised 500 points and given 12.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property

from rewards.engine.campaigns.definition import PARTICIPATE, Campaign
from rewards.engine.decision import FromCampaign
from rewards.engine.facts import CustomerFacts, Facts, Standing

NOT_RUNNING = "campaign_not_running"
NOT_ELIGIBLE = "not_eligible"
NOT_JOINED = "not_joined"
BUDGET_EXHAUSTED = "budget_exhausted"
CAMPAIGN_LIMIT_REACHED = "campaign_limit_reached"

_NO_STANDING = Standing()


@dataclass
class Taking:
    """The campaigns of one evaluation, what it has taken out of them so far, and the badges that it has awarded."""

    facts: Facts
    taken: dict[int, int] = field(default_factory=dict)
    taken_by: dict[tuple[int, int], int] = field(default_factory=dict)
    badges: set[tuple[int, str]] = field(default_factory=set)
    rounds: dict[int, str | None] = field(default_factory=dict)

    @cached_property
    def moment(self) -> datetime:
        """The local moment of the facts."""
        minute = self.facts.local_minute
        return datetime.combine(self.facts.local_date, time(minute // 60, minute % 60))

    def named(self, code: str) -> Campaign | None:
        """The campaign with this code, if one is in force."""
        return next((each for each in self.facts.campaigns if each.code == code), None)

    def round_of(self, campaign: Campaign) -> str | None:
        """The round that counts: the one that was completed, or the one that runs; None if none does."""
        if self.facts.campaign == campaign.code:
            return self.facts.round
        if campaign.id not in self.rounds:
            running = campaign.terms.window.round_at(self.moment)
            self.rounds[campaign.id] = running.key if running is not None else None
        return self.rounds[campaign.id]

    def refuses(self, campaign: Campaign | None, person: CustomerFacts) -> str:
        """Why somebody does not take part in a campaign; empty if they do. Whoever completed it took part."""
        if campaign is None:
            return NOT_RUNNING
        if self.facts.campaign == campaign.code:
            return ""
        round_ = self.round_of(campaign)
        if round_ is None:
            return NOT_RUNNING
        if not campaign.terms.is_for(person.tier, person.segments):
            return NOT_ELIGIBLE
        if campaign.terms.join == PARTICIPATE and not self._standing(campaign, person, round_).joined:
            return NOT_JOINED
        return ""

    def lacks(self, campaign: Campaign, person: CustomerFacts, points: int) -> str:
        """Why so many points do not fit into what is left; empty if they do."""
        left = self.facts.budgets.get(campaign.id)
        if left is not None and points > left - self.taken.get(campaign.id, 0):
            return BUDGET_EXHAUSTED
        limit = campaign.terms.points_per_customer
        if limit is not None:
            standing = self._standing(campaign, person, self.round_of(campaign) or "")
            if points > limit - standing.points - self.taken_by.get((campaign.id, person.id), 0):
                return CAMPAIGN_LIMIT_REACHED
        return ""

    def part(self, campaign: Campaign, points: int) -> FromCampaign:
        """So many points of an award, as coming from a campaign."""
        return FromCampaign(campaign.id, campaign.code, points, self.round_of(campaign) or "")

    def take(self, person: CustomerFacts, parts: tuple[FromCampaign, ...]) -> None:
        """Note what was given."""
        for part in parts:
            self.taken[part.campaign_id] = self.taken.get(part.campaign_id, 0) + part.points
            key = (part.campaign_id, person.id)
            self.taken_by[key] = self.taken_by.get(key, 0) + part.points

    def multiplying(self, person: CustomerFacts) -> Iterator[Campaign]:
        """The campaigns that multiply the points of somebody, in the order of their codes."""
        for campaign in self.facts.campaigns:
            if campaign.terms.multiplier is not None and not self.refuses(campaign, person):
                yield campaign

    def _standing(self, campaign: Campaign, person: CustomerFacts, round_: str) -> Standing:
        return self.facts.standings.get((campaign.id, person.id, round_), _NO_STANDING)
