"""Ending a session, once: bought, given up, or out of time. What it held is taken, or free again."""

from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from credits.selectors.terms import WalletTerms, default_wallet_terms
from credits.services.book import Book
from credits.services.holds import capture_hold, release_hold
from credits.services.ledger_rows import Cause
from credits.services.opening import open_book
from referrals.models.purchases import Purchase
from rewards.models.sessions import PurchaseSession, SessionState
from rewards.services.coupons import give_back_coupons, hand_out_coupons
from rewards.services.grants import release_grants, use_grants
from rewards.services.intake import accept_purchases
from rewards.services.purchase_events import CustomerOfEvent, LineOfEvent, PurchaseEvent
from rewards.services.stock import give_back_stock

SOURCE = "session"
PAID_WITH_POINTS = "session.completed"


class SessionEnded(DomainError):
    """This session has ended: it was bought, given up, or its time is over."""

    code = "session_ended"


class OrderConflict(DomainError):
    """This order_id is known, with another customer or total."""

    code = "order_conflict"


def complete_session(
    *, terms: WalletTerms, session: PurchaseSession, order_id: str, payment_status: str, actor: str, now: datetime
) -> PurchaseSession:
    """Buy the cart: what was held is taken, and the purchase comes in by the same intake as every other.

    The purchase is what was paid for the goods in money, line by line, with the referral code of the cart. The same
    order once more changes nothing.

    :param payment_status: `paid`, or `pending` until it is known.
    :raises SessionEnded: if it ended otherwise, or its time is over.
    :raises OrderConflict: if another purchase has that order id.
    """
    with transaction.atomic():
        session = _lock(session)
        if session.state == SessionState.COMPLETED and session.purchase and session.purchase.order_id == order_id:
            return session
        if session.state != SessionState.OPEN or session.expires_at <= now or session.customer.erased_at is not None:
            raise SessionEnded
        session.purchase = _record(session, order_id, payment_status, now)
        book = open_book(terms=terms, customer_ids=[session.customer_id], now=now, actor=actor)
        if session.points:
            cause = Cause(
                f"capture:{session.key}",
                "session",
                session.pk,
                None,
                None,
                PAID_WITH_POINTS,
                {"reference": order_id},
                now,
            )
            capture_hold(book=book, customer_id=session.customer_id, key=session.key, cause=cause)
        use_grants(book=book, customer_id=session.customer_id, purpose=session.key)
        for key in _keys(session):
            hand_out_coupons(merchant_id=session.merchant_id, key=key, now=now)
        return _end(book, session, SessionState.COMPLETED)


def cancel_session(*, terms: WalletTerms, session: PurchaseSession, actor: str, now: datetime) -> PurchaseSession:
    """Give a cart up: all that was held for it is free again. Once more changes nothing.

    :raises SessionEnded: if it was bought.
    """
    with transaction.atomic():
        session = _lock(session)
        if session.state == SessionState.COMPLETED:
            raise SessionEnded
        if session.state != SessionState.OPEN:
            return session
        return _let_go(terms, session, SessionState.CANCELLED, actor, now)


def expire_sessions(*, now: datetime) -> int:
    """End the session whose time was over first; those that somebody is ending are left to them.

    :returns: how many ended: 0 or 1.
    """
    with transaction.atomic():
        due = PurchaseSession.objects.filter(state=SessionState.OPEN, expires_at__lte=now)
        session = due.select_for_update(skip_locked=True, of=("self",)).select_related("customer__merchant")
        first = session.order_by("expires_at").first()
        if first is None:
            return 0
        terms = default_wallet_terms(merchant=first.customer.merchant)
        _let_go(terms, first, SessionState.EXPIRED, "sweep", now)
        return 1


def _lock(session: PurchaseSession) -> PurchaseSession:
    own = PurchaseSession.objects.select_for_update(of=("self",)).select_related("customer__merchant", "purchase")
    return own.get(pk=session.pk)


def _record(session: PurchaseSession, order_id: str, payment_status: Any, now: datetime) -> Purchase:
    """Tell the intake of the purchase; an order that is known already is taken if it agrees."""
    merchant = session.customer.merchant
    event = PurchaseEvent(
        event_id=session.key,
        order_id=order_id,
        occurred_at=now,
        currency=merchant.currency,
        total=session.paid,
        customer=CustomerOfEvent(session.customer.public_id),
        items=tuple(msgspec.convert(line, LineOfEvent) for line in session.quote["bought"]),
        referral_code=session.cart.get("referral_code"),
        payment_status=payment_status,
    )
    known = {session.customer.public_id: session.customer_id}
    (outcome,) = accept_purchases(merchant=merchant, source=SOURCE, events=[event], now=now, known=known)
    if outcome.uuid is None:
        raise OrderConflict
    purchase = Purchase.objects.get(uuid=outcome.uuid)
    if PurchaseSession.objects.filter(purchase=purchase).exists():
        raise OrderConflict(_("This order was bought in another session."))
    return purchase


def _let_go(
    terms: WalletTerms, session: PurchaseSession, state: SessionState, actor: str, now: datetime
) -> PurchaseSession:
    book = open_book(terms=terms, customer_ids=[session.customer_id], now=now, actor=actor)
    if session.points:
        release_hold(book=book, customer_id=session.customer_id, key=session.key)
    release_grants(book=book, customer_id=session.customer_id, purpose=session.key)
    for key in _keys(session):
        give_back_coupons(merchant_id=session.merchant_id, key=key)
    for key in session.taking_keys:
        give_back_stock(merchant_id=session.merchant_id, key=key, now=now)
    return _end(book, session, state)


def _end(book: Book, session: PurchaseSession, state: SessionState) -> PurchaseSession:
    session.state, session.ended_at = state, book.now
    session.save(update_fields=["state", "ended_at", "purchase"])
    book.tell(session.customer_id, f"session.{state}", {"session": str(session.uuid)})
    book.write()
    return session


def _keys(session: PurchaseSession) -> list[str]:
    """The purposes for which coupons were taken, in the order of the options' ids."""
    return [f"{session.key}:{id_}" for id_ in session.quote["option_ids"]]
