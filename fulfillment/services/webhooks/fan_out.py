"""From the outbox to deliveries: one for each event and each endpoint that selected it."""

from datetime import datetime, timedelta

from config.lib.prepared import execute_prepared
from fulfillment.services.outbox import Stretch, read_outbox

READER = "webhooks"
WRITTEN_LATE_MAX = timedelta(hours=1)
"""By how much the moment of an event may lie before that of one with a lower id."""

_DELIVERIES = """
    INSERT INTO fulfillment_delivery (uuid, merchant_id, endpoint_id, event_id, message_id, type, subject_type,
        subject_id, state, attempts, due_at, log, created_at)
    SELECT gen_random_uuid(), event.merchant_id, endpoint.id, event.id, event.uuid, event.type, event.subject_type,
        event.subject_id, 'pending', 0, %s, '[]', %s
    FROM referrals_event AS event
    JOIN fulfillment_webhookendpoint AS endpoint ON endpoint.merchant_id = event.merchant_id
    WHERE event.id > %s AND event.id <= %s
        AND endpoint.events && ARRAY['*', event.type, split_part(event.type, '.', 1) || '.*']::varchar[]
"""
_AFTER = "SELECT occurred_at FROM referrals_event WHERE id > %s ORDER BY id LIMIT 1"
_OF_ENABLED = _DELIVERIES + "AND endpoint.state = 'enabled' ORDER BY event.id ON CONFLICT DO NOTHING"
_OF_ONE = (
    _DELIVERIES
    + """
        AND endpoint.id = %s AND event.merchant_id = %s AND event.occurred_at >= %s
    ORDER BY event.id
    ON CONFLICT (endpoint_id, event_id) DO UPDATE
    SET state = 'pending', attempts = 0, due_at = excluded.due_at, ended_at = NULL
    RETURNING id
    """
)


def fan_out(*, now: datetime) -> bool:
    """Make the deliveries of the next stretch of the outbox.

    :returns: whether there may be more to do at once.
    """

    def take(stretch: Stretch) -> None:
        execute_prepared(_OF_ENABLED, [now, now, *stretch])

    return read_outbox(name=READER, take=take)


def deliver_again_since(*, endpoint_id: int, merchant_id: int, since: datetime, upto_event: int, now: datetime) -> int:
    """Deliver all that happened since a moment, whether it was delivered before or not.

    :param upto_event: the id of the last event that `fan_out` has seen; what comes later it delivers itself.
    :returns: how many deliveries there are.
    """
    after = _last_before(since - WRITTEN_LATE_MAX, upto_event)
    return len(execute_prepared(_OF_ONE, [now, now, after, upto_event, endpoint_id, merchant_id, since]))


def _last_before(moment: datetime, upto: int) -> int:
    """An id below which everything happened before `moment`; found by halving, because only ids are indexed."""
    low, high = 0, upto
    while low < high:
        middle = (low + high) // 2
        found = execute_prepared(_AFTER, [middle])
        if found and found[0][0] < moment:
            low = middle + 1
        else:
            high = middle
    return low
