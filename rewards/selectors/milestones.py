"""How far friends' purchases have come on the way to what a milestone gives."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.db.models.functions import Now

from config.lib.briefly import Briefly
from config.lib.prepared import execute_prepared
from referrals.models.customers import Customer
from rewards.engine.definition import parse
from rewards.engine.milestones import ACROSS_FRIENDS, UNITS_PREFIX, Milestones
from rewards.engine.triggers import REFERRER
from rewards.models.policies import PolicyVersion


class MilestoneTrack(NamedTuple):
    """The next number that a policy waits for, and how far the friend who is nearest, or all together, have come.

    `counted` is the category whose items are counted, empty for purchases; `friends` is how many are on the way.
    """

    policy: str
    counted: str
    is_per_friend: bool
    friends: int
    reached: int
    next_number: int


_PEAKS = """
    SELECT person.id, counter.scope, counter.measure, counter.peak
    FROM (SELECT %s::bigint AS id UNION ALL SELECT customer_id FROM referrals WHERE referrer_id = %s) AS person
    LEFT JOIN rewards_counter AS counter ON counter.customer_id = person.id
"""


class _Counting(NamedTuple):
    """A policy for referrers with milestones, and when it is in force."""

    name: str
    milestones: Milestones
    effective_at: datetime
    retired_at: datetime | None


def milestone_tracks(*, customer: Customer, now: datetime) -> list[MilestoneTrack]:
    """What friends of a customer may still reach, policy by policy; policies are read at most every five seconds."""
    counted = [
        (each.name, each.milestones)
        for each in _policies_that_count(customer.merchant_id) or []
        if each.effective_at <= now and (each.retired_at is None or now < each.retired_at)
    ]
    if not counted:
        return []
    rows = execute_prepared(_PEAKS, [customer.pk] * 2)
    friends = list({friend for friend, *_ in rows if friend != customer.pk})
    peaks = {(whose, scope, measure): peak for whose, scope, measure, peak in rows}
    return [track for name, milestones in counted for track in _track(name, milestones, customer.pk, friends, peaks)]


def _read_policies(merchant_id: int) -> list[_Counting]:
    """What is in force, and what is to come."""
    versions = PolicyVersion.objects.filter(Q(retired_at=None) | Q(retired_at__gt=Now()), merchant=merchant_id)
    rows = versions.values_list("policy__name", "definition", "effective_at", "retired_at")
    read = ((name, parse(definition), begins, ends) for name, definition, begins, ends in rows if begins)
    return [
        _Counting(name, said.milestones, begins, ends)
        for name, said, begins, ends in read
        if said.milestones is not None and said.beneficiary == REFERRER
    ]


_policies_that_count = Briefly(_read_policies)


def _track(
    name: str, milestones: Milestones, customer_id: int, friends: list[int], peaks: dict[tuple[int, str, str], int]
) -> Iterator[MilestoneTrack]:
    is_per_friend = milestones.scope != ACROSS_FRIENDS
    whose = friends if is_per_friend else [customer_id]
    on_the_way = [
        (following - count, count, following)
        for each in whose
        if (following := milestones.following(count := peaks.get((each, milestones.scope, milestones.measure), 0)))
    ]
    if not on_the_way:
        first = milestones.following(0)
        on_the_way = [] if friends or first is None else [(first, 0, first)]
    if on_the_way:
        _, count, following = min(on_the_way)
        counted = milestones.measure.removeprefix(UNITS_PREFIX) if milestones.measure.startswith(UNITS_PREFIX) else ""
        yield MilestoneTrack(name, counted, is_per_friend, len(friends), count, following)
