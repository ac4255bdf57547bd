"""Who is in which segment."""

from collections.abc import Collection

from django.db.models import Count

from config.lib.errors import NotFound
from config.lib.prepared import execute_prepared
from rewards.models.segments import Segment, SegmentMember


def segments_of(customer_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The codes of the active segments that customers are in, in order; who is in none is left out."""
    rows = execute_prepared(
        """
        SELECT member.customer_id, array_agg(segment.code ORDER BY segment.code)
        FROM rewards_segmentmember AS member JOIN rewards_segment AS segment ON segment.id = member.segment_id
        WHERE member.customer_id = ANY(%s) AND segment.is_active GROUP BY 1
        """,
        [list(customer_ids)],
    )
    return {customer_id: tuple(codes) for customer_id, codes in rows}


def segments_of_merchant(merchant_id: int) -> list[tuple[Segment, int]]:
    """The active segments of a merchant, in the order of their codes, and how many customers each has."""
    found = Segment.objects.filter(merchant=merchant_id, is_active=True).annotate(customers=Count("members"))
    return [(segment, segment.customers) for segment in found.order_by("code")]


def get_segment(*, merchant_id: int, code: str) -> Segment:
    """The segment with this code.

    :raises NotFound: if the merchant has no such segment.
    """
    segment = Segment.objects.filter(merchant=merchant_id, code=code).first()
    if segment is None:
        raise NotFound("There is no such segment.")
    return segment


def members_after(segment: Segment, *, after: int, limit: int) -> list[SegmentMember]:
    """So many of the members of a segment, after a customer, in the order of our own ids."""
    members = SegmentMember.objects.filter(segment=segment, customer__gt=after).select_related("customer")
    return list(members.order_by("customer")[:limit])
