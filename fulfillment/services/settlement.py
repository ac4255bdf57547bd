"""What a redemption has promised, taken or given back: points, stock, codes, and the grant that it came from.

All of it happens in one book, under the lock on the customer's account: wholly, and once.
"""

from datetime import UTC, datetime

from credits.selectors.terms import default_wallet_terms
from credits.services.book import Book
from credits.services.holds import capture_hold, place_hold, release_hold
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from fulfillment.models.redemptions import Redemption
from referrals.models.customers import Customer
from rewards.models.catalog import Category, RewardOption
from rewards.services.coupons import give_back_coupons, hand_out_coupons, take_coupons
from rewards.services.grants import release_grants, reserve_grants, use_grants
from rewards.services.redeemed_grants import issue_redeemed_grant
from rewards.services.stock import give_back_stock, take_stock

NEVER = datetime(2100, 1, 1, tzinfo=UTC)
"""When the hold of a redemption would end by itself: somebody decides on it, time does not."""

REDEEMED = "reward.redeemed"
"""The reason of the entry that a redemption is paid by."""

USED_AT_A_CHECKOUT = (
    Category.PURCHASE_DISCOUNT,
    Category.SHIPPING,
    Category.FREE_PRODUCT,
    Category.FREE_SERVICE,
)
"""The categories that, where nobody has to deliver them, wait for the customer's next purchase as a grant."""


def book_of(*, customer: Customer, now: datetime, actor: str) -> Book:
    """Lock a customer's account."""
    terms = default_wallet_terms(merchant=customer.merchant)
    return open_book(terms=terms, customer_ids=[customer.pk], now=now, actor=actor)


def promise(*, book: Book, redemption: Redemption, option: RewardOption) -> None:
    """Hold the points, or the grant, of a redemption that is about to be written; take its codes and its stock.

    :raises DomainError: if there is not enough of something.
    """
    customer_id, purpose = redemption.customer_id, redemption.purpose
    if redemption.grant_id is None:
        redemption.hold = place_hold(
            book=book, customer_id=customer_id, points=redemption.points, key=purpose, expires_at=NEVER
        )
    else:
        wanted = {redemption.grant_id: redemption.quantity}
        reserve_grants(book=book, customer_id=customer_id, wanted=wanted, purpose=purpose)
    if option.needs_coupon:
        take_coupons(option=option, customer_id=customer_id, quantity=redemption.quantity, key=purpose, now=book.now)
    take_stock(
        option=option,
        customer_id=customer_id,
        quantity=redemption.quantity,
        key=purpose,
        now=book.now,
        is_granted=redemption.grant_id is not None,
    )


def settle(*, book: Book, redemption: Redemption) -> None:
    """Take what was promised, because it is fulfilled: points are spent, codes are known, a discount can be used."""
    customer_id, purpose = redemption.customer_id, redemption.purpose
    if redemption.hold_id is not None:
        told = {"reference": redemption.option.code, "quantity": redemption.quantity}
        cause = Cause(purpose, "redemption", redemption.pk, None, None, REDEEMED, told, book.now)
        capture_hold(book=book, customer_id=customer_id, key=purpose, cause=cause)
    use_grants(book=book, customer_id=customer_id, purpose=purpose)
    hand_out_coupons(merchant_id=redemption.merchant_id, key=purpose, now=book.now)
    if is_used_at_a_checkout(redemption):
        issue_redeemed_grant(
            book=book,
            customer_id=customer_id,
            option=redemption.option,
            quantity=redemption.quantity,
            key=purpose,
        )


def undo(*, book: Book, redemption: Redemption) -> None:
    """Give back what was promised: points to their lots, codes and stock to others, the grant to its customer."""
    customer_id, purpose = redemption.customer_id, redemption.purpose
    if redemption.hold_id is not None:
        release_hold(book=book, customer_id=customer_id, key=purpose)
    release_grants(book=book, customer_id=customer_id, purpose=purpose)
    give_back_coupons(merchant_id=redemption.merchant_id, key=purpose)
    give_back_stock(merchant_id=redemption.merchant_id, key=purpose, now=book.now)


def is_used_at_a_checkout(redemption: Redemption) -> bool:
    """Whether what was redeemed waits for the customer's next purchase."""
    option = redemption.option
    is_something_else = option.needs_coupon or is_delivered(redemption) or redemption.grant_id is not None
    return option.reward_type.category in USED_AT_A_CHECKOUT and not is_something_else


def is_delivered(redemption: Redemption) -> bool:
    """Whether somebody has to do something before the customer has it."""
    return redemption.needs_technician or redemption.shipping_required or redemption.by_appointment
