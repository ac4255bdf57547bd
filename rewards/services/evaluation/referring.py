"""What a programme asks of referrals: which purchase counts, and how long what it gives must wait."""

from dataclasses import replace as with_terms
from datetime import datetime, timedelta

from msgspec.structs import replace

from referrals.models.merchants import Merchant
from referrals.models.referrals import ReferralStatus
from referrals.services.steps import OpenReferral
from rewards.engine.decision import Decision
from rewards.models.evaluations import Trigger

MAY_QUALIFY = (ReferralStatus.PENDING, ReferralStatus.JOINED, ReferralStatus.REVERSED, ReferralStatus.EXPIRED)
"""From where a purchase lets a referral count; from an expired one if it was in time and is told late."""


def may_qualify(referral: OpenReferral, *, merchant: Merchant, at: datetime) -> bool:
    """Whether a referral waits for a purchase of that moment."""
    days = merchant.days_to_qualify
    is_late = days is not None and at >= (referral.joined_at or referral.claimed_at) + timedelta(days=days)
    return referral.status in MAY_QUALIFY and not is_late


def on_hold(decision: Decision, *, trigger: str, days: int, usual: int) -> Decision:
    """Let what is given for a friend's first purchase wait at least as long as the programme says.

    :param days: of the programme.
    :param usual: days that points of the wallet wait, where their policy says nothing.
    """
    if trigger != Trigger.REFERRAL_QUALIFIED or not days:
        return decision
    awards = []
    for award in decision.awards:
        own = award.terms.pending_days
        terms = with_terms(award.terms, pending_days=max(days, usual if own is None else own))
        awards.append(replace(award, terms=terms))
    return replace(decision, awards=tuple(awards))
