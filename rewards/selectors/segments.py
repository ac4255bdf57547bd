"""Who is in which segment."""

from collections.abc import Collection

from config.lib.prepared import execute_prepared


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
