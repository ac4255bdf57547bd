"""A campaign begins: those whom it is for are told, by an event each."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from credits.models.accounts import Account
from credits.models.wallets import Wallet
from credits.selectors.terms import WalletTerms, default_wallet_terms
from credits.services.opening import open_book
from rewards.models.campaigns import Campaign
from rewards.selectors.campaigns import read_terms
from rewards.selectors.segments import segments_of

AT_ONCE = 500
ALL = 2**63 - 1
"""Stands for the last account of all: everybody knows."""

STARTED = "campaign.started"


def announce_campaigns(*, now: datetime) -> int:
    """Tell up to 500 customers of each campaign that runs and has not been announced to all of them.

    Each round is announced once to everybody who then has an account, in the order of accounts. How far it has come
    stands on the campaign and is moved in the transaction that tells them, so nobody is told twice.

    :returns: how many customers were looked at; 0 if everybody knows.
    """
    looked_at = 0
    with_points = Wallet.objects.filter(is_default=True).values("merchant")
    campaigns = Campaign.objects.filter(is_active=True, merchant__in=with_points)
    for campaign in campaigns.select_related("merchant").order_by("id"):
        local = now.astimezone(ZoneInfo(campaign.merchant.time_zone)).replace(tzinfo=None)
        running = read_terms(campaign).terms.window.round_at(local)
        if running is not None:
            looked_at += _announce(campaign, running.key, default_wallet_terms(merchant=campaign.merchant), now)
    return looked_at


def _announce(campaign: Campaign, round_: str, terms: WalletTerms, now: datetime) -> int:
    told_to = campaign.announced_to if campaign.announced_round == round_ else 0
    if told_to == ALL:
        return 0
    accounts = Account.objects.filter(wallet=terms.wallet_id, pk__gt=told_to)
    there = accounts.filter(customer__erased_at=None, customer__merged_into=None).order_by("pk")
    found = dict(there.values_list("customer_id", "pk")[:AT_ONCE])
    with transaction.atomic():
        book = open_book(terms=terms, customer_ids=found, now=now)
        segments = segments_of(found)
        said = read_terms(campaign).terms
        for customer_id in found:
            tier = book.tier_at(customer_id, now)
            if said.is_for(tier.code if tier is not None else "", segments.get(customer_id, ())):
                book.tell(customer_id, STARTED, {"campaign": campaign.code, "name": campaign.name, "round": round_})
        book.write()
        moved = Campaign.objects.filter(
            pk=campaign.pk, announced_round=campaign.announced_round, announced_to=campaign.announced_to
        ).update(announced_round=round_, announced_to=max(found.values()) if len(found) == AT_ONCE else ALL)
        if not moved:
            # Somebody else told them at the same moment.
            transaction.set_rollback(True)
    return len(found)
