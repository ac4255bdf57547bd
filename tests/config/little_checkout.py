"""A little of everything at a checkout: carts that are open, bought and given up, codes, and a partner who is paid."""

from datetime import date, timedelta

from django.utils import timezone

from credits.selectors.terms import default_wallet_terms
from referrals.models import Customer
from rewards.models import Partner, RewardOption
from rewards.services.coupons import import_coupons
from rewards.services.partners import close_period
from rewards.services.sessions.carts import read_cart
from rewards.services.sessions.ending import cancel_session, complete_session
from rewards.services.sessions.holding import open_session
from rewards.services.stock import take_stock

ITEM = {"sku": "SALAD", "category": "meals", "quantity": 1, "unit_price": 1000}


def check_out(merchant, name, long_ago):
    """Somebody buys one cart, gives another up, and has a third open; and had two coffees, which are settled.

    :param name: of a customer who has points and a free meal.
    """
    now = timezone.now()
    customer = Customer.objects.select_related("merchant").get(merchant=merchant, external_id=name)
    coffee = RewardOption.objects.select_related("partner", "merchant").get(merchant=merchant, code="coffee")
    import_coupons(option=coffee, codes=["COFFEE-1", "COFFEE-2", "COFFEE-3"], now=now)
    door = {"terms": default_wallet_terms(merchant=merchant), "actor": "till", "now": now}

    def fill(**wanted):
        raw = {"customer": name, "currency": "USD", "items": [ITEM], "expires_in": 86_400, **wanted}
        return open_session(customer=customer, cart=read_cart(raw, currency="USD"), **door)

    bought = fill(points=10, grants=[], redeem=[{"option": "coffee"}])
    complete_session(session=bought, order_id=f"{name}-cart", payment_status="paid", **door)
    cancel_session(session=fill(redeem=[{"option": "coffee"}]), **door)
    fill(redeem=[{"option": "coffee"}])
    had = long_ago + timedelta(days=1)
    take_stock(option=coffee, customer_id=customer.pk, quantity=2, key="gift:1", now=had, is_granted=True)
    partner = Partner.objects.select_related("merchant").get(merchant=merchant)
    Partner.objects.filter(pk=partner.pk).update(created_at=long_ago)
    close_period(partner=partner, ends_on=date(2026, 4, 1), now=now)
