"""What contradicts a known fact, as a refusal."""

from collections.abc import Mapping
from types import MappingProxyType

from config.lib.errors import DomainError
from rewards.services.intake import EVENT_CONFLICT, ORDER_CONFLICT


class EventConflict(DomainError):
    """This event_id is known, with other content. The first delivery stands."""

    code = EVENT_CONFLICT


class OrderConflict(DomainError):
    """This order_id is known, with another customer or total. The first delivery stands."""

    code = ORDER_CONFLICT


CONFLICTS: Mapping[str, type[DomainError]] = MappingProxyType(
    {EVENT_CONFLICT: EventConflict, ORDER_CONFLICT: OrderConflict}
)
