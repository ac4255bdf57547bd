"""A batch on paper: it knows what is on record at this moment, decides like any other, and is never written."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TypeVar

from babel.numbers import get_currency_precision

from credits.selectors.terms import default_wallet_terms
from credits.services.paper import glance_at_book
from referrals.models.merchants import Merchant
from referrals.models.referrals import Referral
from referrals.services.steps import OpenReferral
from rewards.engine.policy import PolicySet
from rewards.services.evaluation.batch import SPARE_IDS, Batch
from rewards.services.evaluation.campaigns import open_campaigns
from rewards.services.evaluation.counters import load_counters
from rewards.services.evaluation.opening import counter_keys, rfm_of, uses_of_limits

NOBODY = 0
"""The id of somebody who is not known yet, and of what would be written."""

AnyBatch = TypeVar("AnyBatch", bound=Batch)

_COLUMNS = tuple(name for name in OpenReferral.__struct_fields__ if name not in {"is_new", "joined_now", "steps"})


def open_on_paper(
    kind: type[AnyBatch],
    *,
    merchant: Merchant,
    policies: PolicySet,
    customer_ids: Collection[int],
    referrals: dict[int, OpenReferral],
    at: datetime,
    now: datetime,
    refused_codes: Mapping[int, str] | None = None,
) -> AnyBatch:
    """Read, without locks, everything that decisions about these customers need.

    :param referrals: by the friend.
    :param at: the moment of what is decided about.
    :raises Wallet.DoesNotExist: if the merchant has no programme yet.
    """
    terms = default_wallet_terms(merchant=merchant)
    referrers = {referral.referrer_id for referral in referrals.values()}
    people = {*customer_ids, *referrers}
    return kind(
        merchant=merchant,
        minor_digits=get_currency_precision(merchant.currency),
        policies=policies,
        book=glance_at_book(terms=terms, customer_ids=people, now=now, earliest=at),
        referrals=referrals,
        refused_codes=dict(refused_codes or {}),
        counters=load_counters(counter_keys(policies, customer_ids, referrers), also_of=referrers),
        limits=uses_of_limits(policies, people, {at.astimezone(terms.zone).date()}),
        campaigns=open_campaigns(policies=policies, terms=terms, people=people, moments={at}, locked=False),
        rfm=rfm_of(customer_ids) if policies.ask_for_rfm else {},
        spare_ids=[NOBODY] * SPARE_IDS,
        unverified=(),
        now=now,
    )


def open_referral_of(referral: Referral) -> OpenReferral:
    """A referral as a batch reads it."""
    return OpenReferral(**{name: getattr(referral, name) for name in _COLUMNS})
