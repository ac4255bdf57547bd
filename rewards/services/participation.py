"""Joining a campaign."""

from datetime import datetime

from django.db import transaction

from config.lib.errors import DomainError
from credits.selectors.terms import WalletTerms
from credits.services.opening import open_book
from referrals.models.customers import Customer
from rewards.models.campaigns import Campaign, Participation
from rewards.selectors.campaigns import read_terms
from rewards.selectors.segments import segments_of


class NotRunning(DomainError):
    """This campaign does not run now."""

    code = "campaign_not_running"


class NotEligible(DomainError):
    """This campaign is for other customers."""

    code = "not_eligible"


def join_campaign(
    *, campaign: Campaign, customer: Customer, terms: WalletTerms, now: datetime
) -> tuple[Participation, bool]:
    """Let a customer take part in the round of a campaign that runs now; again, it changes nothing.

    What they did in the round before they joined counts towards its goal, but was given nothing.

    :returns: the participation, and whether they joined now.
    :raises NotRunning: if it does not run.
    :raises NotEligible: if it is not for them.
    """
    said = read_terms(campaign).terms
    running = said.window.round_at(now.astimezone(terms.zone).replace(tzinfo=None)) if campaign.is_active else None
    if running is None:
        raise NotRunning
    with transaction.atomic():
        book = open_book(terms=terms, customer_ids=[customer.pk], now=now)
        tier = book.tier_at(customer.pk, now)
        if not said.is_for(tier.code if tier is not None else "", segments_of([customer.pk]).get(customer.pk, ())):
            raise NotEligible
        book.write()
        known, is_new = Participation.objects.get_or_create(
            customer=customer,
            campaign=campaign,
            round=running.key,
            defaults={"merchant_id": campaign.merchant_id, "joined_at": now},
        )
        if known.joined_at is None:
            known.joined_at, is_new = now, True
            known.save(update_fields=["joined_at"])
    return known, is_new
