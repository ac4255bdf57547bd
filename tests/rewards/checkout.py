"""A checkout: carts of a shop's customers become sessions, and sessions end."""

from credits.selectors.terms import default_wallet_terms
from rewards.models import PurchaseSession
from rewards.services.sessions.carts import read_cart
from rewards.services.sessions.ending import cancel_session, complete_session, expire_sessions
from rewards.services.sessions.holding import open_session, quote_cart


def item(price=10_00, quantity=1, category="meals", sku="SALAD"):
    """One line of a cart."""
    return {"sku": sku, "category": category, "quantity": quantity, "unit_price": price}


class Checkout:
    """The checkout of a shop; it acts at the shop's moment."""

    def __init__(self, shop):
        self.shop = shop
        self.orders = 0

    def quote(self, customer, *items, **wanted):
        """What a cart would cost."""
        return quote_cart(**self._asked(customer, items, wanted))

    def hold(self, customer, *items, **wanted):
        """A session with everything held."""
        return open_session(**self._asked(customer, items, wanted), actor="till")

    def buy(self, session, order_id="", payment_status="paid"):
        """Complete a session, and have its purchase evaluated."""
        self.orders += 1
        completed = complete_session(
            terms=self._terms(),
            session=session,
            order_id=order_id or f"session-order-{self.orders}",
            payment_status=payment_status,
            actor="till",
            now=self.shop.now,
        )
        self.shop.works()
        return completed

    def cancel(self, session):
        return cancel_session(terms=self._terms(), session=session, actor="till", now=self.shop.now)

    def sweep(self):
        """End all that is over."""
        while expire_sessions(now=self.shop.now):
            pass

    def state(self, session):
        return PurchaseSession.objects.get(pk=session.pk).state

    def _asked(self, customer, items, wanted):
        currency = self.shop.merchant.currency
        raw = {"customer": customer, "currency": currency, "items": list(items or [item()]), **wanted}
        cart = read_cart(raw, currency=currency)
        return {"terms": self._terms(), "customer": self.shop.customer(customer), "cart": cart, "now": self.shop.now}

    def _terms(self):
        return default_wallet_terms(merchant=self.shop.merchant)
