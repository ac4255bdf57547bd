"""What happened to one customer, whichever floor tells of it, the newest first."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.utils.translation import gettext as _

from config.lib.admin import link_to, link_to_id
from config.lib.money import format_amount
from config.lib.numbers import signed, written
from credits.models.entries import Entry
from fulfillment.models.notifications import Message
from fulfillment.models.redemptions import Redemption
from referrals.models.customers import Customer
from referrals.models.purchases import Purchase
from referrals.models.referrals import Referral
from referrals.models.refunds import Refund

OF_EACH = 20
"""So many of each kind are shown, so that none of them drowns another."""


class Happening(NamedTuple):
    """Something that happened: a link to its row, what it was in words, and a link to why."""

    at: datetime
    kind: str
    row: str
    words: str
    why: str = ""


def timeline(*, customer: Customer, may: Callable[[str], bool]) -> list[Happening]:
    """The last things that happened to a customer, of the kinds that somebody may see, in a fixed number of statements.

    :param may: whether a permission is had.
    """
    happened = [each for permission, tell in TELLERS if may(permission) for each in tell(customer)]
    return sorted(happened, key=lambda each: each.at, reverse=True)


def _purchases(customer: Customer) -> Iterator[Happening]:
    currency = customer.merchant.currency
    for each in Purchase.objects.filter(customer=customer).order_by("-occurred_at")[:OF_EACH]:
        yield Happening(each.occurred_at, _("Purchase"), link_to(each), format_amount(each.total, currency))
    refunds = Refund.objects.filter(purchase__customer=customer).select_related("purchase").order_by("-occurred_at")
    for refund in refunds[:OF_EACH]:
        of_order = _("of order %(order)s") % {"order": refund.purchase}
        yield Happening(refund.occurred_at, _("Refund"), link_to(refund), of_order)


def _points(customer: Customer) -> Iterator[Happening]:
    rows = Entry.objects.filter(account__customer=customer).order_by("-pk")
    for each in rows[:OF_EACH]:
        why = link_to_id("rewards.evaluation", each.evaluation_id, _("why")) if each.evaluation_id else ""
        words = f"{signed(each.points)} ({each.get_kind_display()}): {each.reason}"
        row = link_to(each, _("entry %(number)s") % {"number": each.pk})
        yield Happening(each.posted_at, _("Points"), row, words, why)


def _referrals(customer: Customer) -> Iterator[Happening]:
    rows = Referral.objects.filter(Q(referrer=customer) | Q(merchant=customer.merchant_id, referee=customer))
    for each in rows.select_related("referrer", "referee").order_by("-claimed_at")[:OF_EACH]:
        brought = each.referrer_id == customer.pk
        told = _("brought %(who)s") if brought else _("was brought by %(who)s")
        words = told % {"who": each.referee if brought else each.referrer}
        yield Happening(each.claimed_at, _("Referral"), link_to(each, words), each.get_status_display())


def _redemptions(customer: Customer) -> Iterator[Happening]:
    for each in Redemption.objects.filter(customer=customer).select_related("option").order_by("-pk")[:OF_EACH]:
        points = _("%(points)s points") % {"points": written(each.points)}
        words = f"{each.quantity} × {each.option}, {points}"
        yield Happening(each.created_at, _("Redemption"), link_to(each, words), each.get_status_display())


def _messages(customer: Customer) -> Iterator[Happening]:
    rows = Message.objects.filter(notification__customer=customer).select_related("notification")
    for each in rows.order_by("-notification_id", "pk")[:OF_EACH]:
        row = link_to(each, f"{each.notification.kind} · {each.get_channel_display()}")
        words = " ".join(filter(None, (each.get_state_display(), each.error)))
        yield Happening(each.ended_at or each.notification.created_at, _("Message"), row, words)


TELLERS: tuple[tuple[str, Callable[[Customer], Iterator[Happening]]], ...] = (
    ("referrals.view_purchase", _purchases),
    ("credits.view_entry", _points),
    ("referrals.view_referral", _referrals),
    ("fulfillment.view_redemption", _redemptions),
    ("fulfillment.view_message", _messages),
)
