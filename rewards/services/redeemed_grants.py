"""Grants that no policy gave: a customer paid points for them, and uses them at a checkout."""

from zoneinfo import ZoneInfo

from credits.services.book import Book
from rewards.models.catalog import RewardOption
from rewards.models.grants import Grant


def issue_redeemed_grant(*, book: Book, customer_id: int, option: RewardOption, quantity: int, key: str) -> Grant:
    """Give a customer what they redeemed, to be used from now on; under the lock on their account.

    :param key: the redemption's name, `redemption:<its id>`; one grant for each, for ever.
    """
    zone: ZoneInfo = book.terms.zone
    grant = Grant.objects.create(
        merchant_id=option.merchant_id,
        customer_id=customer_id,
        option=option,
        quantity=quantity,
        key=key,
        issued_at=book.now,
        expires_at=option.valid_until(book.now, zone),
    )
    book.tell(customer_id, "grant.issued", {"grant": str(grant.uuid), "option": option.code, "quantity": quantity})
    return grant
