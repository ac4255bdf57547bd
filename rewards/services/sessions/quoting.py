"""What a cart costs a customer, from what is known at this moment; and what it will earn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from config.lib.errors import DomainError, NotFound
from credits.models.tiers import Tier
from credits.models.wallets import Wallet
from referrals.models.customers import Customer
from referrals.selectors import as_uuid, of_person
from rewards.engine.facts import Line
from rewards.engine.pricing import BIRTHDAY, GRANT, OPTION, Offer, Paying, Priced, price
from rewards.models.catalog import Category, RewardOption, RewardType
from rewards.models.grants import Grant, GrantState
from rewards.models.sessions import CheckoutTerms
from rewards.selectors.checkout_terms import benefits_of, birthday_year, checkout_terms
from rewards.selectors.eligibility import why_not
from rewards.services.grants import GrantNotUsable
from rewards.services.sessions.carts import POINTS_MAX, Cart
from rewards.services.sessions.previewing import preview_awards
from rewards.services.stock import SoldOut

AT_A_CHECKOUT = (Category.PURCHASE_DISCOUNT, Category.FREE_PRODUCT, Category.SHIPPING)
"""What lowers a price here; a repair or a service is rewarded by whoever does it."""


class OptionNotForCheckout(DomainError):
    """This reward option cannot be redeemed here now, or would have no effect."""

    code = "option_not_for_checkout"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a customer has at this moment: points that can be spent, and a tier."""

    available: int
    tier_id: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A priced cart, and what it takes: options and grants by id, and the birthday whose discount it uses."""

    priced: Priced
    options: Mapping[int, RewardOption]
    grants: Mapping[int, Grant]
    redeemed: Mapping[int, int]
    tier: Tier | None
    birthday_year: int | None
    terms: CheckoutTerms
    earns: Sequence[Mapping[str, Any]] = ()

    @property
    def option_points(self) -> int:
        """What the redeemed options cost."""
        return sum((self.options[id_].points_required or 0) * quantity for id_, quantity in self.redeemed.items())

    @property
    def takings(self) -> list[tuple[int, int]]:
        """What is taken off the shelf: each option, with the grant that it is used by, or 0; in the order of taking."""
        used = [self.grants[id_] for id_ in self.used_grants]
        granted = [(grant.option_id, grant.pk) for grant in used if grant.takes_stock]
        return sorted([*((id_, 0) for id_ in self.redeemed), *granted])

    @property
    def used_grants(self) -> dict[int, int]:
        """How many of each grant are used."""
        return {id_: count for (source, id_), count in self.priced.used.items() if source == GRANT}


def quote(*, customer: Customer, cart: Cart, standing: Standing, now: datetime) -> Quote:
    """Price a cart by what a customer has.

    :raises NotFound: if it names an option that the merchant does not have.
    :raises GrantNotUsable: if it names a grant that cannot be used.
    :raises SoldOut: if it names a grant of something of which there is none left.
    :raises OptionNotForCheckout: if it redeems what cannot be redeemed at a checkout, or more than has an effect.
    """
    merchant = customer.merchant
    wallet = Wallet.objects.get(merchant=merchant, is_default=True)
    terms = checkout_terms(merchant)
    tier = _tier(wallet, standing.tier_id)
    year = birthday_year(customer, now.astimezone(ZoneInfo(merchant.time_zone)).date())
    grants = {grant.pk: grant for grant in _grants(customer, cart, now)}
    redeemed = dict(_redeemed(customer, cart, now))
    if cart.grants and len(_within_stock(grants, redeemed)) < len(grants):
        raise SoldOut
    cost = sum((option.points_required or 0) * quantity for option, quantity in redeemed.items())
    priced = price(
        cart.lines,
        shipping=cart.shipping,
        offers=[
            *(_offer(GRANT, pk, grants[pk].option, count) for pk, count in _within_stock(grants, redeemed).items()),
            *(_offer(OPTION, option.pk, option, quantity) for option, quantity in redeemed.items()),
        ],
        benefits=benefits_of(tier.benefits if tier is not None else {}, has_birthday=year is not None),
        paying=Paying(
            wanted=POINTS_MAX if cart.points == "max" else cart.points,
            available=max(standing.available - cost, 0),
            point_value=Fraction(wallet.point_value),
            minimum=terms.points_min,
            share_max=terms.order_share_max,
        ),
    )
    for unused in priced.unused:
        if unused.source == OPTION:
            raise OptionNotForCheckout(f"{unused.name} would have no effect: {unused.reason}.")
    for option, quantity in redeemed.items():
        if (used := priced.used[OPTION, option.pk]) < quantity:
            raise OptionNotForCheckout(f"Only {used} of {option.name} would have an effect, not {quantity}.")
    return Quote(
        priced=priced,
        options={option.pk: option for option in redeemed},
        grants=grants,
        redeemed={option.pk: quantity for option, quantity in redeemed.items()},
        tier=tier,
        birthday_year=year if (BIRTHDAY, 0) in priced.used else None,
        terms=terms,
    )


def earnings(*, customer: Customer, cart: Cart, priced: Priced, now: datetime) -> list[dict[str, Any]]:
    """What a customer will be given when this cart, at this price, is bought."""
    return preview_awards(
        merchant=customer.merchant,
        customer_id=customer.pk,
        lines=bought_lines(cart, priced),
        total=priced.paid,
        referral_code=cart.referral_code or "",
        now=now,
    )


def bought_lines(cart: Cart, priced: Priced) -> tuple[Line, ...]:
    """The lines as they are bought: at what they cost this customer, before points.

    A line whose price is no multiple of its quantity becomes two, a minor unit apart.
    """
    lines = []
    for line, cost in zip(cart.lines, priced.lines, strict=True):
        unit, dearer = divmod(cost, line.quantity)
        for quantity, unit_price in ((dearer, unit + 1), (line.quantity - dearer, unit)):
            if quantity:
                lines.append(Line(line.sku, quantity, unit_price, line.name, line.category))
    return tuple(lines)


def _tier(wallet: Wallet, tier_id: int | None) -> Tier | None:
    tiers = Tier.objects.filter(wallet=wallet).order_by("rank")
    return tiers.filter(pk=tier_id).first() if tier_id is not None else tiers.first()


def _grants(customer: Customer, cart: Cart, now: datetime) -> list[Grant]:
    """Those that the cart names, or all that may lower its price; the soonest to expire first."""
    usable = [
        grant
        for grant in Grant.objects.filter(of_person(customer.pk), state=GrantState.ISSUED)
        .select_related("option__reward_type")
        .order_by("expires_at", "pk")
        if (grant.expires_at is None or grant.expires_at > now)
        and not (grant.option.is_delivered or grant.option.needs_coupon)
    ]
    if cart.grants is None:
        return [grant for grant in usable if grant.option.reward_type.category in AT_A_CHECKOUT]
    wanted = {as_uuid(each) for each in cart.grants}
    named = [grant for grant in usable if grant.uuid in wanted]
    if len(named) < len(wanted):
        raise GrantNotUsable
    return named


def _within_stock(grants: Mapping[int, Grant], redeemed: Mapping[RewardOption, int]) -> dict[int, int]:
    """How many of each grant can be used: of something of which there are only so many, as long as some are left."""
    taken = {option.pk: quantity for option, quantity in redeemed.items()}
    usable = {}
    for grant in grants.values():
        count = grant.quantity - grant.used_quantity
        if grant.takes_stock and grant.option.stock is not None:
            count = min(count, grant.option.stock - taken.get(grant.option_id, 0))
            taken[grant.option_id] = taken.get(grant.option_id, 0) + count
        if count > 0:
            usable[grant.pk] = count
    return usable


def _redeemed(customer: Customer, cart: Cart, now: datetime) -> list[tuple[RewardOption, int]]:
    if not cart.redeem:
        return []
    codes = [each.option for each in cart.redeem]
    options = RewardOption.objects.filter(merchant=customer.merchant_id, code__in=codes)
    found = {option.code: option for option in options.select_related("reward_type", "partner", "merchant")}
    if missing := [code for code in codes if code not in found]:
        raise NotFound(f"There is no reward option {missing[0]}.")
    for each in cart.redeem:
        option = found[each.option]
        reasons = [str(reason) for reason in why_not(customer=customer, option=option, quantity=each.quantity, now=now)]
        if option.needs_approval or option.is_delivered:
            reasons.append("not_for_a_checkout")
        if reasons:
            raise OptionNotForCheckout(f"{option.name} cannot be redeemed: {', '.join(reasons)}.")
    return [(found[each.option], each.quantity) for each in cart.redeem]


def _offer(source: str, id_: int, option: RewardOption, quantity: int) -> Offer:
    reward_type: RewardType = option.reward_type
    return Offer(
        source=source,
        id=id_,
        name=option.name,
        discount_type=reward_type.discount_type,
        value=reward_type.discount_value,
        is_for_shipping=reward_type.category == Category.SHIPPING,
        product_category=reward_type.product_category,
        minimum_order=option.minimum_order,
        quantity=quantity,
    )
