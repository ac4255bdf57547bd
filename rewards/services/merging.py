"""Merging two customers who are one person, through all floors.

One stays and goes on for both: ids, e-mail and login of the other lead to them, and so do the other's points and
friends. Rewards and badges of the other stay where they are and are the survivor's, too, wherever they are asked for;
lists of segments name the survivor. What was bought and decided stays where it is, for facts never change: tiers, and
counts of one's own purchases, remain the survivor's own.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from config.lib import snapshots
from config.lib.prepared import execute_prepared
from credits.models.accounts import Account
from credits.selectors.terms import default_wallet_terms
from credits.services.merging import level_accounts
from credits.services.opening import open_book
from referrals.models.audit import AuditAction
from referrals.models.customers import Customer
from referrals.models.merchants import Merchant
from referrals.models.referrals import Referral
from referrals.selectors import of_person, referral_of
from referrals.services.audit import record_audit
from referrals.services.merging import (
    MergeWithOneself,
    NobodyToMerge,
    check_pair,
    lock_pair,
    move_friends,
    move_identity,
)
from rewards.engine.milestones import ACROSS_FRIENDS
from rewards.models.counters import Counter
from rewards.models.grants import Grant, GrantState
from rewards.services.erasure import BETWEEN_TRIES_SECONDS, TRIES_MAX, CustomerBusy, RedisAway
from rewards.services.evaluation.counters import load_counters
from rewards.services.segments import join_lists

ACTOR = "merge"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a merge does, or would do: points that move at once, and those that follow when they can be spent.

    `keeps_referrer` says whether the survivor is somebody's friend; `loses_referrer`, whether the other was and nobody
    gains by it any more. `grants` are rewards of the other that are not used, and are the survivor's to use.
    """

    survivor: Customer
    merged: Customer
    points: int
    points_later: int
    owed: int
    friends: int
    grants: int
    keeps_referrer: bool
    loses_referrer: bool

    @classmethod
    def nothing(cls, survivor: Customer) -> "Outcome":
        """What merging those who are one already does."""
        return cls(survivor, survivor, 0, 0, 0, 0, 0, keeps_referrer=False, loses_referrer=False)


def preview_merge(*, survivor: Customer, merged: Customer) -> Outcome:
    """What merging would do, as things stand; nothing is changed.

    :raises MergeWithOneself: if they are one already.
    :raises NobodyToMerge: if one of them was erased.
    :raises MergeTheOtherWay: if the one who goes brought the one who stays.
    """
    check_pair(survivor=survivor, merged=merged)
    account = Account.objects.filter(customer=merged, wallet__is_default=True).first() or Account()
    return Outcome(
        survivor,
        merged,
        points=account.available,
        points_later=account.pending + account.held,
        owed=account.owed,
        friends=Referral.objects.filter(referrer=merged).count(),
        grants=Grant.objects.filter(of_person(merged.pk), state=GrantState.ISSUED).count(),
        keeps_referrer=referral_of(customer=survivor) is not None,
        loses_referrer=referral_of(customer=merged) is not None,
    )


def merge_customers(*, survivor: Customer, merged: Customer, now: datetime, reason: str, actor: str) -> Outcome:
    """Merge two customers: the survivor goes on for both. All of it or nothing.

    :param reason: why, as a code such as `same_person`.
    :param actor: who does it, in a word that is not a name.
    :raises MergeWithOneself: if they are one already.
    :raises NobodyToMerge: if one of them was erased, or merged into a third meanwhile.
    :raises MergeTheOtherWay: if the one who goes brought the one who stays.
    :raises CustomerBusy: if somebody else held one of them at every try.
    :raises RedisAway: if what Redis remembers could not be deleted.
    """
    for _ in range(TRIES_MAX):
        with suppress(CustomerBusy):
            return _merge(survivor.pk, merged.pk, now, reason, actor)
        time.sleep(BETWEEN_TRIES_SECONDS)
    raise CustomerBusy


def level_merged(*, now: datetime, limit: int = 500) -> int:
    """Move what became spendable, or was owed, in accounts of customers who were merged.

    :returns: how many accounts were looked at.
    """
    can_repay = Account.objects.filter(
        customer=OuterRef("customer__merged_into"), wallet=OuterRef("wallet"), available__gt=0
    )
    left = Account.objects.filter(customer__merged_into__isnull=False, wallet__is_default=True)
    due = left.filter(Q(available__gt=0) | Q(Exists(can_repay), owed__gt=0))
    people: Any = list(due.order_by("pk").values_list("customer__merged_into", "customer", "merchant")[:limit])
    for survivor_id, merged_id, merchant_id in people:
        with transaction.atomic():
            terms = default_wallet_terms(merchant=Merchant.objects.get(pk=merchant_id))
            book = open_book(terms=terms, customer_ids=[survivor_id, merged_id], now=now, actor=ACTOR)
            level_accounts(book=book, survivor_id=survivor_id, merged_id=merged_id)
            book.write()
    return len(people)


def _merge(survivor_id: int, merged_id: int, now: datetime, reason: str, actor: str) -> Outcome:
    """Try to do it once: accounts first, and then nobody is waited for, so it meets no batch crosswise."""
    with transaction.atomic():
        merchant = Customer.objects.select_related("merchant").get(pk=survivor_id).merchant
        terms = default_wallet_terms(merchant=merchant)
        book = open_book(terms=terms, customer_ids=[survivor_id, merged_id], now=now, actor=actor)
        locked = lock_pair(survivor_id=survivor_id, merged_id=merged_id)
        if locked is None:
            raise CustomerBusy
        survivor, merged = locked
        if merged.merged_into_id or survivor.merged_into_id:  # Somebody was quicker.
            is_done = (merged.merged_into_id or merged_id) == (survivor.merged_into_id or survivor_id)
            raise MergeWithOneself if is_done else NobodyToMerge
        outcome = preview_merge(survivor=survivor, merged=merged)
        references = [each for who in locked for each in (who.external_id, str(who.uuid)) if each]
        level_accounts(book=book, survivor_id=survivor_id, merged_id=merged_id)
        book.write()
        _move_counts(survivor_id, merged_id)
        join_lists(survivor=survivor, merged=merged)
        move_friends(survivor=survivor, merged=merged, now=now)
        move_identity(survivor=survivor, merged=merged, now=now)
        record_audit(action=AuditAction.MERGED, customers=[survivor, merged], actor=actor, reason=reason, now=now)
        _forget_snapshots(merchant.pk, [survivor_id, merged_id], references)
    return outcome


def _move_counts(survivor_id: int, merged_id: int) -> None:
    """Count the friends of both for the survivor; what both had reached together is never reached again."""
    rows = Counter.objects.filter(customer__in=[survivor_id, merged_id], scope=ACROSS_FRIENDS)
    keys = {(who, ACROSS_FRIENDS, row.measure) for row in rows for who in (survivor_id, merged_id)}
    counters = load_counters(keys)
    for key in [key for key in keys if key[0] == survivor_id]:
        amount, peak = counters.values[merged_id, *key[1:]]
        own_amount, own_peak = counters.values[key]
        counters.values[key] = (own_amount + amount, own_peak + peak)
        counters.moved.add(key)
    counters.write()
    rows.filter(customer=merged_id).delete()


def _forget_snapshots(merchant_id: int, customer_ids: list[int], references: list[str]) -> None:
    """Delete what Redis has; the mark keeps readers who are under way from putting it back."""
    ((transaction_id,),) = execute_prepared("SELECT pg_current_xact_id()::text", [])
    snapshots.mark(merchant_id=merchant_id, customer_ids=customer_ids, transaction_id=transaction_id)
    if not snapshots.forget(merchant_id=merchant_id, references=references):
        raise RedisAway
