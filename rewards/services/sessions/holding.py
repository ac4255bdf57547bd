"""Opening a session: the cart is priced, and all that lowers its price is held for it, in one transaction."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from config.lib.errors import DomainError
from credits.models.accounts import Account
from credits.selectors.accounts import balance_now
from credits.selectors.terms import WalletTerms
from credits.services.book import Book
from credits.services.holds import place_hold
from credits.services.opening import open_book
from referrals.models.customers import Customer
from rewards.models.sessions import PurchaseSession
from rewards.services.coupons import take_coupons
from rewards.services.grants import reserve_grants
from rewards.services.sessions.carts import Cart
from rewards.services.sessions.quoting import Quote, Standing, bought_lines, earnings, quote
from rewards.services.stock import SoldOut, take_stock

TRIES_MAX = 3
"""How often a cart is priced anew because somebody was quicker."""


class CartBusy(DomainError):
    """Something else happened to this customer at the same moment: ask again."""

    code = "cart_busy"
    retry_after_seconds = 1


def quote_cart(*, terms: WalletTerms, customer: Customer, cart: Cart, now: datetime) -> dict[str, Any]:
    """What a cart costs and earns at this moment; nothing is held, and nothing promised."""
    priced = quote(customer=customer, cart=cart, standing=_standing(terms, customer, now), now=now)
    return shape_of_quote(cart, priced, earnings(customer=customer, cart=cart, priced=priced.priced, now=now))


def open_session(*, terms: WalletTerms, customer: Customer, cart: Cart, actor: str, now: datetime) -> PurchaseSession:
    """Freeze a cart's price, and hold what lowers it until the session ends.

    :raises InsufficientPoints: if the options that it redeems cost more than the customer has.
    :raises CartBusy: if something happened to the customer at every try.
    :raises SoldOut, NoCouponLeft, CustomerLimitReached, GrantNotUsable: if there is nothing to be held.
    """
    for _ in range(TRIES_MAX):
        with suppress(CartBusy):
            return _try_to_open(terms, customer, cart, actor, now)
    raise CartBusy


def _try_to_open(terms: WalletTerms, customer: Customer, cart: Cart, actor: str, now: datetime) -> PurchaseSession:
    """Work out what it will earn before anything is locked, because that needs the locks of others; then hold.

    If the price is another one under the lock, somebody was quicker.
    """
    first = quote(customer=customer, cart=cart, standing=_standing(terms, customer, now), now=now)
    earns = earnings(customer=customer, cart=cart, priced=first.priced, now=now)
    try:
        with transaction.atomic():
            book = open_book(terms=terms, customer_ids=[customer.pk], now=now, actor=actor)
            account = book.accounts[customer.pk]
            standing = Standing(account.available, account.tier_id)
            held = quote(customer=customer, cart=cart, standing=standing, now=now)
            if held.priced != first.priced:
                raise CartBusy
            session = _write(book, customer, cart, held, earns)
            book.write()
            return session
    except IntegrityError as error:
        raise CartBusy from error  # Two carts wanted the discount of one birthday.


def _standing(terms: WalletTerms, customer: Customer, now: datetime) -> Standing:
    account = Account.objects.filter(customer=customer, wallet=terms.wallet_id).first()
    if account is None:
        return Standing(0, None)
    if account.next_change_at is not None and account.next_change_at <= now:
        return Standing(balance_now(account_id=account.pk, owed=account.owed, now=now)[0], account.tier_id)
    return Standing(account.available, account.tier_id)


def _write(book: Book, customer: Customer, cart: Cart, held: Quote, earns: list[dict[str, Any]]) -> PurchaseSession:
    """Hold in the one order: points, grants, coupons, stock."""
    priced, now = held.priced, book.now
    session = PurchaseSession(
        merchant_id=customer.merchant_id,
        customer=customer,
        cart={key: value for key, value in msgspec.to_builtins(cart).items() if key != "customer"},
        quote={
            **shape_of_quote(cart, held, earns),
            "bought": msgspec.to_builtins(bought_lines(cart, priced)),
            "option_ids": sorted(held.redeemed),
            "granted": [taking for taking in held.takings if taking[1]],
        },
        gross=cart.gross,
        goods=priced.goods,
        points_value=priced.points_value,
        shipping=priced.shipping,
        points=priced.points + held.option_points,
        birthday_year=held.birthday_year,
        expires_at=now + timedelta(seconds=cart.expires_in or held.terms.session_seconds),
        created_at=now,
    )
    session.save()
    if session.points:
        place_hold(
            book=book, customer_id=customer.pk, points=session.points, key=session.key, expires_at=session.expires_at
        )
    if held.used_grants:
        reserve_grants(book=book, customer_id=customer.pk, wanted=held.used_grants, purpose=session.key)
    for id_, quantity in sorted(held.redeemed.items()):
        if held.options[id_].needs_coupon:
            take_coupons(
                option=held.options[id_], customer_id=customer.pk, quantity=quantity,
                key=f"{session.key}:{id_}", now=now,
            )  # fmt: skip
    for option_id, grant_id in held.takings:
        _take(held, session, option_id, grant_id, now)
    return session


def _take(held: Quote, session: PurchaseSession, option_id: int, grant_id: int, now: datetime) -> None:
    """Take what is redeemed, or used of a grant, off the shelf."""
    option = held.grants[grant_id].option if grant_id else held.options[option_id]
    quantity = held.used_grants[grant_id] if grant_id else held.redeemed[option_id]
    try:
        take_stock(
            option=option,
            customer_id=session.customer_id,
            quantity=quantity,
            key=session.taking_key(option_id, grant_id),
            now=now,
            is_granted=bool(grant_id),
        )
    except SoldOut as error:
        if grant_id:
            raise CartBusy from error  # Somebody was quicker: the cart is priced anew without it.
        raise


def shape_of_quote(cart: Cart, quoted: Quote, earns: list[dict[str, Any]]) -> dict[str, Any]:
    """A quote as it is answered, line by line with the reasons; and what a session needs to end by it."""
    priced = quoted.priced
    tier = quoted.tier
    return {
        "lines": [
            {
                "sku": line.sku,
                "quantity": line.quantity,
                "price": line.quantity * line.unit_price,
                "to_pay": cost,
                "reductions": [_reduction(quoted, each) for each in priced.reductions if each.line == index],
            }
            for index, (line, cost) in enumerate(zip(cart.items, priced.lines, strict=True))
        ],
        "shipping": {
            "price": cart.shipping,
            "to_pay": priced.shipping,
            "reductions": [_reduction(quoted, each) for each in priced.reductions if each.line < 0],
        },
        "gross": cart.gross,
        "goods": priced.goods,
        "points": {"used": priced.points, "value": priced.points_value},
        "redeemed": [
            {"option": quoted.options[id_].code, "quantity": quantity, "points": quoted.options[id_].points_required}
            for id_, quantity in quoted.redeemed.items()
        ],
        "grants": {str(quoted.grants[id_].uuid): count for id_, count in quoted.used_grants.items()},
        "unused": [
            {"grant": str(quoted.grants[each.id].uuid), "name": each.name, "reason": each.reason}
            for each in priced.unused
            if each.id in quoted.grants
        ],
        "total": priced.total,
        "tier": tier.code if tier is not None else None,
        "earns": {"points": sum(each.get("points", 0) for each in earns), "awards": earns},
    }


def _reduction(quoted: Quote, each: Any) -> dict[str, Any]:
    told = {"reason": each.source, "amount": each.amount}
    if each.source == "grant":
        return {**told, "grant": str(quoted.grants[each.id].uuid), "name": each.name}
    if each.source == "option":
        return {**told, "option": quoted.options[each.id].code, "name": each.name}
    return told
