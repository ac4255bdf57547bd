"""What a batch knows of campaigns and segments, and what it gives out of the campaigns' budgets."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec

from config.lib.bulk import execute_rows
from config.lib.prepared import execute_prepared
from credits.selectors.terms import WalletTerms
from rewards.engine.campaigns.definition import REFERRALS, Campaign
from rewards.engine.campaigns.progress import Done, reached
from rewards.engine.campaigns.windows import Round
from rewards.engine.decision import FromCampaign
from rewards.engine.facts import Standing
from rewards.engine.policy import PolicySet
from rewards.selectors.badges import badges_held
from rewards.selectors.campaigns import campaigns_in_force
from rewards.selectors.progress import Key, Running, days_towards_goals
from rewards.selectors.segments import segments_of

PartBack = tuple[int, int, str, int]
"""What goes back to a campaign: which one, of which customer, in which round, and how many points."""

_NOTHING = Done(0, 0)


class BudgetTaken(Exception):
    """Another batch has taken of a budget what this one had counted on; nothing was written, decide it again."""


@dataclass(slots=True)
class Campaigns:
    """The campaigns in force and where the customers of a batch stand in them; empty where no policy asks for any.

    `left` is what is left of budgets, less what the batch has given. Standings, and what was done towards goals, are
    read and moved under the locks on the customers' accounts.
    """

    merchant_id: int
    zone: ZoneInfo
    in_force: tuple[Campaign, ...] = ()
    left: dict[int, int] = field(default_factory=dict)
    standings: dict[Key, Standing] = field(default_factory=dict)
    completed: set[Key] = field(default_factory=set)
    days: dict[Key, dict[date, Done]] = field(default_factory=dict)
    segments: dict[int, tuple[str, ...]] = field(default_factory=dict)
    badges: dict[int, frozenset[str]] = field(default_factory=dict)
    given: dict[int, int] = field(default_factory=dict)
    moved: dict[Key, int] = field(default_factory=dict)
    completed_now: set[Key] = field(default_factory=set)

    def give(self, customer_id: int, parts: Iterable[FromCampaign]) -> None:
        """Take the parts of an award out of their campaigns."""
        for part in parts:
            key = (part.campaign_id, customer_id, part.round)
            standing = self.standings.get(key, Standing())
            self.standings[key] = Standing(standing.joined, standing.points + part.points)
            self.moved[key] = self.moved.get(key, 0) + part.points
            self.given[part.campaign_id] = self.given.get(part.campaign_id, 0) + part.points
            if part.campaign_id in self.left:
                self.left[part.campaign_id] -= part.points

    def with_goal(self, *, of_friends: bool) -> Iterator[Campaign]:
        """The campaigns with a goal that friends' purchases, or one's own, lead to."""
        for campaign in self.in_force:
            goal = campaign.terms.goal
            if goal is not None and (goal.measure == REFERRALS) == of_friends:
                yield campaign

    def count(self, customer_id: int, moment: datetime, *, spend: int, times: int, of_friends: bool = False) -> None:
        """Count what somebody did towards the goals of the campaigns that ran at a moment."""
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        for campaign in self.with_goal(of_friends=of_friends):
            round_ = campaign.terms.window.round_at(local)
            if round_ is not None:
                days = self.days.setdefault((campaign.id, customer_id, round_.key), {})
                before = days.get(local.date(), _NOTHING)
                days[local.date()] = Done(before.spend + spend, before.times + times)

    def completes(self, campaign: Campaign, customer_id: int, round_: str) -> bool:
        """Whether somebody has reached the goal of a round, and had not before; then it is noted."""
        key = (campaign.id, customer_id, round_)
        goal = campaign.terms.goal
        if goal is None or key in self.completed or reached(goal, self.days.get(key, {})) < goal.target:
            return False
        self.completed.add(key)
        self.completed_now.add(key)
        return True

    def write(self, now: datetime) -> None:
        """Write who took part, and then, as the last of all, what was given out of budgets.

        :raises BudgetTaken: if not so much is left of one.
        """
        execute_rows(
            """
            INSERT INTO rewards_participation
                (merchant_id, campaign_id, customer_id, round, points, joined_at, completed_at)
            SELECT %s, campaign_id, customer_id, round, points, NULL, CASE WHEN is_completed THEN %s::timestamptz END
            FROM json_to_recordset(%s) AS participation
                (campaign_id bigint, customer_id bigint, round text, points bigint, is_completed boolean)
            ON CONFLICT (customer_id, campaign_id, round) DO UPDATE
            SET points = rewards_participation.points + EXCLUDED.points,
                completed_at = COALESCE(rewards_participation.completed_at, EXCLUDED.completed_at)
            """,
            [
                {
                    "campaign_id": key[0],
                    "customer_id": key[1],
                    "round": key[2],
                    "points": self.moved.get(key, 0),
                    "is_completed": key in self.completed_now,
                }
                for key in self.moved.keys() | self.completed_now
            ],
            before=[self.merchant_id, now],
        )
        take_from_budgets(self.given)


def take_from_budgets(points: dict[int, int]) -> None:
    """Count points as given by campaigns; negative ones come back. Call it as the last of a transaction.

    :raises BudgetTaken: if not so much is left of one.
    """
    if not points:
        return
    execute_prepared("SELECT FROM rewards_campaign WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(points)])
    taken = execute_rows(
        """
        UPDATE rewards_campaign AS campaign SET given = campaign.given + taken.points
        FROM json_to_recordset(%s) AS taken (id bigint, points bigint)
        WHERE campaign.id = taken.id
            AND (campaign.budget IS NULL OR taken.points < 0 OR campaign.given + taken.points <= campaign.budget)
        RETURNING campaign.id
        """,
        [{"id": campaign_id, "points": taken} for campaign_id, taken in points.items()],
    )
    if len(taken) < len(points):
        raise BudgetTaken


def beyond_budgets(wanted: Mapping[str, Collection[PartBack]]) -> list[str]:
    """Which of these awards do not fit into what is left of the budgets of their campaigns, one after the other.

    The campaigns stay locked, so that what fits goes on fitting; call it after all other locks.
    """
    if not any(wanted.values()):
        return []
    rows = execute_prepared(
        "SELECT id, budget - given FROM rewards_campaign WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
        [list({campaign_id for parts in wanted.values() for campaign_id, *_ in parts})],
    )
    left = {campaign_id: points for campaign_id, points in rows if points is not None}
    beyond = []
    for key, parts in wanted.items():
        if any(campaign_id in left and points > left[campaign_id] for campaign_id, _, _, points in parts):
            beyond.append(key)
            continue
        for campaign_id, _, _, points in parts:
            if campaign_id in left:
                left[campaign_id] -= points
    return beyond


def return_to_campaigns(parts: Collection[PartBack]) -> None:
    """Count points as no longer given by campaigns; call it with the accounts locked, as the last of a transaction.

    :param parts: of negative points, so many are given again.
    :raises BudgetTaken: if not so much is left of a budget for what is given again.
    """
    if not parts:
        return
    execute_prepared(
        """
        UPDATE rewards_participation AS participation SET points = participation.points - back.points
        FROM (
            SELECT campaign, customer, round, sum(points)::bigint AS points
            FROM jsonb_to_recordset(%s) AS part (campaign bigint, customer bigint, round text, points bigint)
            GROUP BY 1, 2, 3
        ) AS back
        WHERE participation.customer_id = back.customer AND participation.campaign_id = back.campaign
            AND participation.round = back.round
        """,
        [
            msgspec.json.encode(
                [dict(zip(("campaign", "customer", "round", "points"), part, strict=True)) for part in parts]
            ).decode()
        ],
    )
    back: dict[int, int] = {}
    for campaign_id, _, _, points in parts:
        back[campaign_id] = back.get(campaign_id, 0) - points
    take_from_budgets(back)


def open_campaigns(
    policies: PolicySet,
    terms: WalletTerms,
    people: Collection[int],
    moments: Iterable[datetime],
    *,
    locked: bool,
) -> Campaigns:
    """Read the campaigns that run at these moments, and where these people stand; call it with their accounts locked.

    :param locked: whether to hold the budgets, so that what fits now fits when it is written.
    """
    campaigns = Campaigns(terms.merchant_id, terms.zone)
    if policies.name_campaigns:
        found = campaigns_in_force(terms.merchant_id, locked=locked)
        campaigns.in_force = tuple(each.campaign for each in found)
        campaigns.left = {each.campaign.id: each.left for each in found if each.left is not None}
        _read_standings(campaigns, terms, people, {moment.astimezone(terms.zone) for moment in moments})
    if policies.name_segments or any(campaign.terms.segments for campaign in campaigns.in_force):
        campaigns.segments = segments_of(people)
    if policies.badges:
        campaigns.badges = badges_held(people)
    return campaigns


def _read_standings(
    campaigns: Campaigns, terms: WalletTerms, people: Collection[int], moments: Collection[datetime]
) -> None:
    running = {
        (campaign.id, round_.key): Running(campaign, round_)
        for campaign in campaigns.in_force
        for round_ in _rounds(campaign, moments)
    }
    if not running:
        return
    rows = execute_prepared(
        """
        SELECT campaign_id, customer_id, round, joined_at IS NOT NULL, points, completed_at IS NOT NULL
        FROM rewards_participation WHERE customer_id = ANY(%s) AND campaign_id = ANY(%s) AND round = ANY(%s)
        """,
        [list(people), [id_ for id_, _ in running], [key for _, key in running]],
    )
    for campaign_id, customer_id, round_key, has_joined, points, has_completed in rows:
        key = (campaign_id, customer_id, round_key)
        campaigns.standings[key] = Standing(has_joined, points)
        if has_completed:
            campaigns.completed.add(key)
    goals = [each for each in running.values() if each.campaign.terms.goal is not None]
    campaigns.days = days_towards_goals(running=goals, customer_ids=people, terms=terms)


def _rounds(campaign: Campaign, moments: Collection[datetime]) -> set[Round]:
    found = {campaign.terms.window.round_at(moment.replace(tzinfo=None)) for moment in moments}
    return {round_ for round_ in found if round_ is not None}
