"""Segments: who is in one, by condition or by list."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime

from django.db import transaction

from config.lib.bulk import execute_rows
from config.lib.errors import DomainError, Invalid
from config.lib.prepared import execute_prepared
from credits.models.wallets import Wallet
from referrals.models.customers import Customer, CustomerAlias
from rewards.engine.expressions.checker import compile_condition
from rewards.engine.expressions.closures import Run
from rewards.engine.expressions.errors import ConditionError, ExpressionError
from rewards.engine.facts import MemberFacts
from rewards.engine.vocabulary import SEGMENT_NAMES
from rewards.models.segments import Segment, SegmentMember

AT_ONCE = 1_000


class WrongCondition(Invalid):
    """The condition of a segment cannot be used."""

    code = "wrong_condition"


class HasCondition(DomainError):
    """Who is in this segment is worked out from its condition, and is not listed."""

    code = "segment_has_condition"


def check_condition(condition: str) -> Run:
    """Compile the condition of a segment.

    :raises WrongCondition: naming the mistake and its place.
    """
    try:
        return compile_condition(condition, SEGMENT_NAMES)
    except ExpressionError as error:
        raise WrongCondition(
            str(error), errors=[{"pointer": "/condition", "code": error.code, "detail": str(error)}]
        ) from error


def save_segment(*, segment: Segment) -> None:
    """Write a segment; if its condition is another, nobody is in it until that is worked out, or somebody is listed."""
    with transaction.atomic():
        before = Segment.objects.select_for_update(no_key=True).filter(pk=segment.pk).first()
        segment.save()
        if before is not None and before.condition != segment.condition:
            SegmentMember.objects.filter(segment=segment).delete()


def list_members(*, segment: Segment, references: Collection[str], now: datetime) -> list[str]:
    """Make a list of customers the members of a segment, in the place of the list before.

    :param references: ids, the merchant's own.
    :returns: those that no customer has.
    :raises HasCondition: if the segment has a condition.
    """
    if segment.condition:
        raise HasCondition
    called = {"merchant": segment.merchant_id, "external_id__in": set(references)}
    found = dict(Customer.objects.filter(**called).values_list("external_id", "pk"))
    found |= dict(CustomerAlias.objects.filter(**called).values_list("external_id", "customer"))
    with transaction.atomic():
        Segment.objects.select_for_update(no_key=True).get(pk=segment.pk)
        _put(segment.merchant_id, [(segment.pk, customer_id) for customer_id in found.values()], now)
        SegmentMember.objects.filter(segment=segment).exclude(customer__in=found.values()).delete()
    return sorted(set(references) - found.keys())


def join_lists(*, survivor: Customer, merged: Customer) -> None:
    """Let a customer be on the lists on which another was who is merged into them; the other is in no segment."""
    listed = SegmentMember.objects.filter(customer=merged, segment__condition="")
    SegmentMember.objects.bulk_create(
        [
            SegmentMember(merchant_id=each.merchant_id, segment_id=each.segment_id, customer=survivor, since=each.since)
            for each in listed
        ],
        ignore_conflicts=True,
    )
    SegmentMember.objects.filter(customer=merged).delete()


def recompute_segments(*, merchant_id: int, now: datetime) -> int:
    """Work out who meets the conditions of a merchant's segments, and write it down: a thousand customers at a time.

    Each thousand are a transaction of their own. Again, it changes nothing but what has changed.

    :returns: how many segments there are to work out.
    """
    segments = Segment.objects.filter(merchant=merchant_id, is_active=True).exclude(condition="").order_by("id")
    conditions = {segment.pk: check_condition(segment.condition) for segment in segments}
    if not conditions:
        return 0
    for members in _in_chunks(merchant_id, now):
        meets = [
            (segment_id, customer_id)
            for customer_id, facts in members.items()
            for segment_id, condition in conditions.items()
            if _holds(condition, facts)
        ]
        with transaction.atomic():
            list(Segment.objects.select_for_update(no_key=True).filter(pk__in=conditions).order_by("id"))
            _put(merchant_id, meets, now)
            _remove_others(conditions, members, meets)
    segments.update(recomputed_at=now)
    return len(conditions)


def _holds(condition: Run, facts: MemberFacts) -> bool:
    try:
        return bool(condition(facts))
    except ConditionError:
        return False


def _put(merchant_id: int, members: Iterable[tuple[int, int]], now: datetime) -> None:
    execute_rows(
        """
        INSERT INTO rewards_segmentmember (merchant_id, segment_id, customer_id, since)
        SELECT %s, segment, customer, %s FROM json_to_recordset(%s) AS member (segment bigint, customer bigint)
        ORDER BY segment, customer ON CONFLICT (segment_id, customer_id) DO NOTHING
        """,
        [{"segment": segment_id, "customer": customer_id} for segment_id, customer_id in members],
        before=[merchant_id, now],
    )


def _remove_others(
    segment_ids: Iterable[int], customer_ids: Iterable[int], members: Collection[tuple[int, int]]
) -> None:
    """Remove those of these customers from the segments who are no members of them."""
    segments, customers = ([each[part] for each in members] for part in range(2))
    execute_prepared(
        """
        DELETE FROM rewards_segmentmember AS member
        WHERE segment_id = ANY(%s) AND customer_id = ANY(%s) AND NOT EXISTS (
            SELECT FROM unnest(%s::bigint[], %s::bigint[]) AS kept (segment, customer)
            WHERE kept.segment = member.segment_id AND kept.customer = member.customer_id)
        """,
        [list(segment_ids), list(customer_ids), segments, customers],
    )


def _in_chunks(merchant_id: int, now: datetime) -> Iterator[Mapping[int, MemberFacts]]:
    """What is known of all customers of a merchant, by customer, in the order of their ids."""
    wallet_id = Wallet.objects.filter(merchant=merchant_id, is_default=True).values_list("pk", flat=True).first()
    after = 0
    while rows := _facts_after(merchant_id, wallet_id, after, now):
        yield rows
        after = max(rows)


def _facts_after(merchant_id: int, wallet_id: int | None, after: int, now: datetime) -> dict[int, MemberFacts]:
    """What is known of the next thousand customers after an id. Who was erased, or merged, is in no segment."""
    rows = execute_prepared(
        """
        SELECT customer.id, COALESCE(tier.code, ''), COALESCE(account.qualifying_orders, 0),
            COALESCE(account.qualifying_spend, 0), COALESCE(account.available, 0),
            COALESCE(account.lifetime_points, 0),
            EXISTS (SELECT FROM referrals AS referral WHERE referral.customer_id = customer.id),
            COALESCE(rfm.segment, ''), EXTRACT(DAY FROM %s - customer.created_at)::bigint,
            COALESCE((
                SELECT EXTRACT(DAY FROM %s - max(purchase.occurred_at))::bigint
                FROM referrals_purchase AS purchase WHERE purchase.customer_id = customer.id), -1)
        FROM (
            SELECT id, created_at FROM referrals_customer
            WHERE merchant_id = %s AND id > %s AND erased_at IS NULL AND merged_into_id IS NULL ORDER BY id LIMIT %s
        ) AS customer
        LEFT JOIN credits_account AS account ON account.customer_id = customer.id AND account.wallet_id = %s
        LEFT JOIN credits_tier AS tier ON tier.id = account.tier_id
        LEFT JOIN referrals_customerrfm AS rfm ON rfm.customer_id = customer.id
        """,
        [now, now, merchant_id, after, AT_ONCE, wallet_id],
    )
    return {row[0]: MemberFacts(*row[1:]) for row in rows}
