"""Where a customer stands in campaigns: what is for them, and how far they have come."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from config.lib.briefly import Briefly
from credits.selectors.accounts import find_account
from credits.selectors.terms import WalletTerms
from credits.selectors.tiers import tier_progress
from referrals.models.customers import Customer
from rewards.engine.campaigns.definition import PARTICIPATE
from rewards.engine.campaigns.definition import Campaign as Said
from rewards.engine.campaigns.progress import reached
from rewards.engine.campaigns.taking import NOT_ELIGIBLE, NOT_JOINED, NOT_RUNNING
from rewards.engine.campaigns.windows import Round
from rewards.models.campaigns import Campaign, Participation
from rewards.selectors.campaigns import read_terms
from rewards.selectors.progress import Running, days_towards_goals
from rewards.selectors.segments import segments_of


@dataclass(frozen=True, slots=True)
class Standing:
    """A customer in the running round of a campaign.

    `refusal` says why they do not take part, empty if they do; `reached` is how much of the goal's measure they have
    reached, None if there is no goal.
    """

    campaign: Campaign
    said: Said
    round: Round | None
    refusal: str
    participation: Participation | None
    reached: int | None


def running_campaigns(*, merchant_id: int, terms: WalletTerms, now: datetime) -> list[tuple[Campaign, Round]]:
    """The campaigns that run now, each with its round, in the order of their codes."""
    return _running(_active(merchant_id), terms, now)


def shown_campaigns(
    *, customer: Customer, terms: WalletTerms, tier: str, now: datetime
) -> list[tuple[Campaign, Round]]:
    """The running campaigns that are for a customer; read at most every five seconds, and for display.

    :param tier: the code of the customer's tier.
    """
    running = _running(_briefly_active(terms.merchant_id) or [], terms, now)
    asks = any(read_terms(row).terms.segments for row, _ in running)
    segments = segments_of([customer.pk]).get(customer.pk, ()) if asks else ()
    return [(row, round_) for row, round_ in running if read_terms(row).terms.is_for(tier, segments)]


def standings_of(
    *, campaigns: Sequence[Campaign], customer: Customer, terms: WalletTerms, now: datetime
) -> list[Standing]:
    """Where a customer stands in each of these campaigns; the same number of statements for any number of them."""
    local = _local(terms, now)
    said = {row.pk: read_terms(row) for row in campaigns}
    rounds = {row.pk: said[row.pk].terms.window.round_at(local) if row.is_active else None for row in campaigns}
    rows = Participation.objects.filter(customer=customer, campaign__in=rounds)
    known = {(row.campaign_id, row.round): row for row in rows}
    running = [
        Running(said[id_], round_) for id_, round_ in rounds.items() if round_ is not None and said[id_].terms.goal
    ]
    days = days_towards_goals(running=running, customer_ids=[customer.pk], terms=terms)
    account = find_account(wallet_id=terms.wallet_id, customer_id=customer.pk)
    tier = tier_progress(terms=terms, account=account, now=now).tier
    segments = segments_of([customer.pk]).get(customer.pk, ())
    standings = []
    for row in campaigns:
        round_, campaign = rounds[row.pk], said[row.pk]
        key = round_.key if round_ is not None else ""
        participation, goal = known.get((row.pk, key)), campaign.terms.goal
        has_joined = participation is not None and participation.joined_at is not None
        refusal = ""
        if round_ is None:
            refusal = NOT_RUNNING
        elif not campaign.terms.is_for(tier.code if tier is not None else "", segments):
            refusal = NOT_ELIGIBLE
        elif campaign.terms.join == PARTICIPATE and not has_joined:
            refusal = NOT_JOINED
        amount = reached(goal, days.get((row.pk, customer.pk, key), {})) if goal is not None else None
        standings.append(Standing(row, campaign, round_, refusal, participation, amount))
    return standings


def _active(merchant_id: int) -> list[Campaign]:
    return list(Campaign.objects.filter(merchant=merchant_id, is_active=True).order_by("code"))


_briefly_active = Briefly(_active)


def _running(campaigns: Sequence[Campaign], terms: WalletTerms, now: datetime) -> list[tuple[Campaign, Round]]:
    local = _local(terms, now)
    found = [(row, read_terms(row).terms.window.round_at(local)) for row in campaigns]
    return [(row, round_) for row, round_ in found if round_ is not None]


def _local(terms: WalletTerms, now: datetime) -> datetime:
    return now.astimezone(terms.zone).replace(tzinfo=None)
